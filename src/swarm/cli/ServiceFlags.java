package swarm.cli;

/// The flags of `service create` and `service update`, and where in the request each one goes.
///
/// A line begins with `c` (create), `u` (update) or `b` (both). The last column is a rule for
/// `ServiceSpec`, an operator and a path in Docker's ServiceSpec, where `T` is the TaskTemplate
/// and `C` its ContainerSpec:
///
/// - `=path` set; `?path` set, or remove when the value is empty (Go's omitempty)
/// - `+path` add to a list, `-path` then remove from it, `~path` remove before anything is added;
///   `/key` names what makes two items the same (`=`: the text before the first `=`), and `!`
///   sorts the list, as Docker's client does when it updates
/// - `{path` put `key=value` into a map, `}path` remove a key before that
///
/// A flag without a rule is read by name in `ServiceSpec` or `ServiceChanges`.
///
/// Source: the requests of Docker's own client for each of these flags.
final class ServiceFlags {
    private static final String TABLE = """
        u --args command|Arguments of the command|?C.Args
        b --cap-add list:cap|Give the container a Linux capability
        b --cap-drop list:cap|Take a Linux capability from the container
        c --config refused|
        u --config-add refused|
        u --config-rm refused|
        c --constraint list|Run only on nodes of which this is true|+T.Placement.Constraints
        u --constraint-add list|Add a placement constraint|+T.Placement.Constraints!
        u --constraint-rm list|Remove a placement constraint|-T.Placement.Constraints!
        c --container-label list:label|Label of the containers|{C.Labels
        u --container-label-add list:label|Add or change a container label|{C.Labels
        u --container-label-rm list|Remove a container label by its key|}C.Labels
        b --credential-spec refused|
        b -d, --detach|Exit at once instead of waiting until the service has converged
        c --dns list:ip|Name server of the containers|+C.DNSConfig.Nameservers
        u --dns-add list:ip|Add a name server|+C.DNSConfig.Nameservers/=!
        c --dns-option list|Resolver option|+C.DNSConfig.Options
        u --dns-option-add list|Add a resolver option|+C.DNSConfig.Options/=!
        u --dns-option-rm list|Remove a resolver option|-C.DNSConfig.Options/=!
        u --dns-rm list|Remove a name server|-C.DNSConfig.Nameservers/=!
        c --dns-search list:domain|Search domain|+C.DNSConfig.Search
        u --dns-search-add list:domain|Add a search domain|+C.DNSConfig.Search/=!
        u --dns-search-rm list|Remove a search domain|-C.DNSConfig.Search/=!
        b --endpoint-mode string|How the service is reached ("vip" or "dnsrr")|?EndpointSpec.Mode
        b --entrypoint command|Command to run instead of the image's entry point|?C.Command
        c -e, --env list:env|Environment variable, NAME=value|+C.Env/=
        u --env-add list:env|Add or change an environment variable|+C.Env/=
        c --env-file list|File of environment variables
        u --env-rm list|Remove an environment variable|~C.Env/=
        u --force|Replace the tasks even if nothing changed
        c --generic-resource refused|
        u --generic-resource-add refused|
        u --generic-resource-rm refused|
        c --group list|Further group of the container's user|+C.Groups
        u --group-add list|Add a group of the container's user|+C.Groups!
        u --group-rm list|Remove a group of the container's user|-C.Groups!
        b --health-cmd string|Command that tells whether the container is healthy
        b --health-interval duration|Time between two health checks|?C.Healthcheck.Interval
        b --health-retries int|Failed checks until it is unhealthy|?C.Healthcheck.Retries
        b --health-start-period duration|Time to start, in which failed checks do not count\
        |?C.Healthcheck.StartPeriod
        b --health-timeout duration|Longest time for one check|?C.Healthcheck.Timeout
        c --host list:host|Line of the container's hosts file, name:address|+C.Hosts
        u --host-add list:host|Add a line to the hosts file, name:address|+C.Hosts
        u --host-rm list|Remove a name from the hosts file, name[:address]
        b --hostname string|Host name of the container|?C.Hostname
        u --image string|Image, with its tag|?C.Image
        b --init|Run a small init in each container|=C.Init
        b --isolation string|Isolation technology of the container|?C.Isolation
        c -l, --label list:label|Label of the service|{Labels
        u --label-add list:label|Add or change a label of the service|{Labels
        u --label-rm list|Remove a label of the service by its key|}Labels
        b --limit-cpu decimal|Most CPUs a task may use|?T.Resources.Limits.NanoCPUs
        b --limit-memory bytes|Most memory a task may use|?T.Resources.Limits.MemoryBytes
        b --limit-pids int|Most processes in a task, 0 for no limit|?T.Resources.Limits.Pids
        b --log-driver string|Logging driver of the containers
        b --log-opt list|Option of the logging driver
        b --max-concurrent uint|Tasks of a job that run at once
        c --mode string|"replicated", "global", "replicated-job" or "global-job"
        c --mount mount|Mount a volume, a directory or a tmpfs|+C.Mounts
        u --mount-add mount|Add or change a mount|+C.Mounts/Target
        u --mount-rm list|Remove the mount at this path|-C.Mounts/Target
        c --name string|Name of the service|?Name
        c --network refused|
        u --network-add refused|
        u --network-rm refused|
        b --no-healthcheck|Do without the image's health check
        b --no-resolve-image|Do not ask the registry what the tag stands for
        c --placement-pref pref|Spread tasks over the values of this|+T.Placement.Preferences
        u --placement-pref-add pref|Add a placement preference|+T.Placement.Preferences
        u --placement-pref-rm pref|Remove a placement preference|~T.Placement.Preferences
        c -p, --publish port|Publish a port
        u --publish-add port|Publish a further port
        u --publish-rm port|Publish a port of the container no longer
        b -q, --quiet|Show no progress
        b --read-only|Mount the container's root file system read-only|?C.ReadOnly
        b --replicas uint|Number of tasks
        b --replicas-max-per-node uint|Most tasks on one node, 0 for no limit\
        |?T.Placement.MaxReplicas
        b --reserve-cpu decimal|CPUs to set aside for a task|?T.Resources.Reservations.NanoCPUs
        b --reserve-memory bytes|Memory to set aside for a task\
        |?T.Resources.Reservations.MemoryBytes
        b --restart-condition string|When to restart: "none", "on-failure" or "any"\
        |?T.RestartPolicy.Condition
        b --restart-delay duration|Time between restarts|=T.RestartPolicy.Delay
        b --restart-max-attempts uint|Restarts until a task is given up\
        |=T.RestartPolicy.MaxAttempts
        b --restart-window duration|Time in which restarts are counted|=T.RestartPolicy.Window
        u --rollback|Go back to the specification before the last update
        b --rollback-delay duration|Time between rolled back tasks|?RollbackConfig.Delay
        b --rollback-failure-action string|When a rollback fails: "pause" or "continue"\
        |?RollbackConfig.FailureAction
        b --rollback-max-failure-ratio float|Part of the tasks that may fail\
        |=RollbackConfig.MaxFailureRatio
        b --rollback-monitor duration|Time in which a failure counts|?RollbackConfig.Monitor
        b --rollback-order string|"start-first" or "stop-first"|?RollbackConfig.Order
        b --rollback-parallelism uint|Tasks rolled back at once, 0 for all\
        |=RollbackConfig.Parallelism
        c --secret refused|
        u --secret-add refused|
        u --secret-rm refused|
        b --stop-grace-period duration|Time between stopping and killing|=C.StopGracePeriod
        b --stop-signal string|Signal that stops the container|?C.StopSignal
        c --sysctl list|Kernel parameter of the container|{C.Sysctls
        u --sysctl-add list|Add or change a kernel parameter|{C.Sysctls
        u --sysctl-rm list|Remove a kernel parameter|}C.Sysctls
        b -t, --tty|Give the container a terminal|?C.TTY
        c --ulimit ulimit|Limit of the container, name=soft[:hard]|+C.Ulimits/Name!
        u --ulimit-add ulimit|Add or change a limit|+C.Ulimits/Name!
        u --ulimit-rm list|Remove a limit|~C.Ulimits/Name!
        b --update-delay duration|Time between updated tasks|?UpdateConfig.Delay
        b --update-failure-action string|When an update fails: "pause", "continue" or "rollback"\
        |?UpdateConfig.FailureAction
        b --update-max-failure-ratio float|Part of the tasks that may fail\
        |=UpdateConfig.MaxFailureRatio
        b --update-monitor duration|Time in which a failure counts|?UpdateConfig.Monitor
        b --update-order string|"start-first" or "stop-first"|?UpdateConfig.Order
        b --update-parallelism uint|Tasks updated at once, 0 for all|=UpdateConfig.Parallelism
        b -u, --user string|User of the container, user[:group]|?C.User
        b --with-registry-auth|Send the nodes your credentials for the registry
        b -w, --workdir string|Working directory in the container|?C.Dir
        """;

    private ServiceFlags() {
    }

    /// The table of one command, without the first column.
    static String of(char which) {
        StringBuilder lines = new StringBuilder();
        for (int from = 0; from < TABLE.length(); from = TABLE.indexOf('\n', from) + 1) {
            if (TABLE.charAt(from) == which || TABLE.charAt(from) == 'b') {
                lines.append(TABLE, from + 2, TABLE.indexOf('\n', from) + 1);
            }
        }
        return lines.toString();
    }
}

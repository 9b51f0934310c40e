package swarm.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.model.ClusterSpec;

/// What a swarm's settings and a node's first steps may not say, in Docker's words. What needs the
/// machine's own addresses to be judged is left to the node.
/// (swarmkit manager/controlapi/cluster.go, Docker's daemon/cluster/swarm.go)
final class SwarmRules {
    private static final long CERT_EXPIRY_MIN_NS = 3_600_000_000_000L;
    private static final long DATA_PORT_MIN = 1024;
    private static final long DATA_PORT_MAX = 49151;
    private static final long SUBNET_SIZE_MAX = 29;
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern CIDR =
            Pattern.compile("(?:" + OCTET + "\\.){3}" + OCTET + "/([12]?[0-9]|3[0-2])");

    private SwarmRules() { }

    /// Of an update's settings.
    static Optional<ApiAnswer> broken(ClusterSpec spec) {
        return name(spec).map(text -> ApiAnswer.error(400, text))
                .or(() -> settings(spec).map(Rpc.INVALID_ARGUMENT::error))
                .or(() -> notCarried(spec));
    }

    /// Of what founds a swarm. Docker founds it and then changes its settings, so it answers with
    /// the status of something that has already gone wrong; here nothing has happened yet.
    static Optional<ApiAnswer> broken(Route.Init init) {
        return listenAddr(init.listenAddr())
                .or(() -> init.spec().flatMap(SwarmRules::name))
                .map(text -> ApiAnswer.error(400, text))
                .or(() -> listenPort(init.listenAddr()).or(() -> dataPath(init))
                        .or(() -> pools(init)).or(() -> init.spec().flatMap(SwarmRules::settings)
                                .map(text -> "error updating cluster settings: "
                                        + Rpc.INVALID_ARGUMENT.text(text)))
                        .map(text -> ApiAnswer.error(500, text)))
                .or(() -> init.spec().flatMap(SwarmRules::notCarried));
    }

    /// Of what joins one.
    static Optional<ApiAnswer> broken(Route.Join join) {
        return listenAddr(join.listenAddr())
                .or(() -> when(join.remoteAddrs().isEmpty(),
                        "at least 1 RemoteAddr is required to join"))
                .map(text -> ApiAnswer.error(400, text));
    }

    private static Optional<String> name(ClusterSpec spec) {
        return when(!spec.name().isEmpty() && !spec.name().equals("default"),
                "swarm spec must be named \"default\"");
    }

    private static Optional<String> settings(ClusterSpec spec) {
        long expiry = spec.caConfig().nodeCertExpiry();
        return when(expiry != 0 && expiry < CERT_EXPIRY_MIN_NS,
                "minimum certificate expiry time is: 1h0m0s")
                .or(() -> when(spec.dispatcher().heartbeatPeriod() < 0,
                        "heartbeat time period cannot be a negative duration"))
                .or(() -> when(spec.caConfig().signingCaCert().isEmpty()
                        && !spec.caConfig().signingCaKey().isEmpty(), "if a signing CA key is "
                        + "provided, the signing CA cert must also be provided"));
    }

    private static Optional<ApiAnswer> notCarried(ClusterSpec spec) {
        ClusterSpec.CaConfig ca = spec.caConfig();
        ClusterSpec.Raft fixed = ClusterSpec.initial().raft();
        return when(spec.encryptionConfig().autoLockManagers(), "locking managers (--autolock)")
                .or(() -> when(!ca.signingCaCert().isEmpty() || ca.forceRotate() != 0,
                        "replacing the root certificate"))
                .or(() -> when(!either(spec.raft().electionTick(), fixed.electionTick())
                        || !either(spec.raft().heartbeatTick(), fixed.heartbeatTick()),
                        "setting raft's ticks"))
                .map(Messages::notCarried);
    }

    /// Whether a number is the fixed one or not said.
    private static boolean either(long given, long fixed) {
        return given == 0 || given == fixed;
    }

    private static Optional<String> listenAddr(String addr) {
        return when(addr.isEmpty(), "invalid ListenAddr \"\": invalid empty address");
    }

    private static Optional<String> listenPort(String addr) {
        return when(!addr.startsWith("[") && addr.indexOf(':') != addr.lastIndexOf(':'),
                "could not parse listen address " + addr);
    }

    private static Optional<String> dataPath(Route.Init init) {
        long port = init.dataPathPort();
        return when(port != 0 && (port < DATA_PORT_MIN || port > DATA_PORT_MAX),
                "Datapath port number is not in valid range (" + DATA_PORT_MIN + "-"
                + DATA_PORT_MAX + ") : " + port);
    }

    private static Optional<String> pools(Route.Init init) {
        long size = init.subnetSize();
        Optional<String> wrong =
                when(size > SUBNET_SIZE_MAX, "subnet size is out of range: " + size);
        for (String pool : init.defaultAddrPool()) {
            wrong = wrong.or(() -> pool(pool, size));
        }
        return wrong;
    }

    private static Optional<String> pool(String pool, long size) {
        Matcher cidr = CIDR.matcher(pool);
        if (!cidr.matches()) {
            return Optional.of("invalid base pool " + pool + ": invalid CIDR address: " + pool);
        }
        return when(size != 0 && size < Long.parseLong(cidr.group(1)), "invalid CIDR: \"" + pool
                + "\". Subnet size is too small for pool: " + size);
    }

    private static Optional<String> when(boolean broken, String message) {
        return broken ? Optional.of(message) : Optional.empty();
    }
}

package swarm.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.model.ContainerSpec;

/// The shell script that runs one task as a child process, and keeps what nobody else could know
/// after the daemon has died: which process it is, and how it ended.
///
/// The script runs twice. As *parent* it waits, in a session of its own, for the task to end and
/// writes its status to `exit`. As *task* it is in yet another session, whose number is the task's
/// process id and to which all that the task forks belongs; it writes `pid` and becomes the
/// task's program.
///
///     pid     the task's process id and start time, the parent's, and the boot they count from
///     exit    the task's status; 128 + n when signal n ended it
///     out     what it wrote to standard output; err, to standard error
///
/// Nothing runs that is not recorded: the program starts only after `pid` was linked into place,
/// under the directory's full name. So of two scripts for the same directory one gives up, and so
/// does one whose directory was removed (renamed, then emptied) before it came so far. What a task
/// leaves behind in its session when it ends is killed, as it would be in a container.
///
/// Leaves to others: starting it, reading the files ([ProcessBox]).
/// Source: POSIX.1-2017, Shell Command Language; proc(5), field 22 of /proc/PID/stat.
final class TaskScript {
    private static final String CLAIM = """
            if [ "${1-}" = task ]; then
                read -r task < "/proc/$$/stat" || exit 125
                read -r parent < "/proc/$PPID/stat" || exit 125
                read -r boot < /proc/sys/kernel/random/boot_id || exit 125
                set -- ${task##*") "}
                task="$$ ${20}"
                set -- ${parent##*") "}
                echo "$task $PPID ${20} $boot" > "$d/pid.$$" || exit 125
                ln "$d/pid.$$" "$d/pid" || exit 125
                exec >> "$d/out" 2>> "$d/err"
            """;
    private static final String WAIT = """
            fi
            setsid sh "$d/run" task
            status=$?
            read -r pid start parent rest < "$d/pid" || exit 1
            [ "$parent" = $$ ] || exit 1
            kill -s KILL -- "-$pid" 2> /dev/null
            echo $status > "$d/exit.new"
            mv "$d/exit.new" "$d/exit"
            """;

    private TaskScript() { }

    /// The program and its arguments.
    static List<String> command(ContainerSpec spec) {
        List<String> words = new ArrayList<>(spec.command());
        words.addAll(spec.args());
        return words;
    }

    /// The task's environment: PATH and HOME of the daemon's, the host name that is asked for, and
    /// the spec's own; a name alone takes a variable away, as in Docker.
    static TreeMap<String, String> environment(ContainerSpec spec, Map<String, String> daemon) {
        TreeMap<String, String> environment = new TreeMap<>();
        environment.put("PATH", daemon.getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("HOME", daemon.getOrDefault("HOME", "/"));
        if (!spec.hostname().isEmpty()) {
            environment.put("HOSTNAME", spec.hostname());
        }
        for (String variable : spec.env()) {
            int equals = variable.indexOf('=');
            if (equals < 0) {
                environment.remove(variable);
            } else {
                environment.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return environment;
    }

    /// The script for a task that lives in the directory. No word of the spec is seen by the shell
    /// but in quotes.
    static String of(String directory, ContainerSpec spec, Map<String, String> environment) {
        StringBuilder command = new StringBuilder();
        environment.forEach((name, value) ->
                command.append(quoted(name + "=" + value)).append(' '));
        command(spec).forEach(word -> command.append(quoted(word)).append(' '));
        return "d=" + quoted(directory) + "\n" + CLAIM
                + "    cd " + quoted(directoryOf(spec)) + " || exit 126\n"
                + "    exec env -i " + command.toString().strip() + "\n" + WAIT;
    }

    /// Where the task begins.
    static String directoryOf(ContainerSpec spec) {
        return spec.dir().isEmpty() ? "/" : spec.dir();
    }

    /// The files that the program's name may mean: itself, or one in a directory of PATH.
    static List<String> places(ContainerSpec spec, Map<String, String> environment) {
        String program = command(spec).getFirst();
        if (program.indexOf('/') >= 0) {
            return List.of(program.startsWith("/") ? program
                    : directoryOf(spec) + "/" + program);
        }
        List<String> places = new ArrayList<>();
        for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
            places.add((directory.isEmpty() ? directoryOf(spec) : directory) + "/" + program);
        }
        return places;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}

package swarm.engine;

import java.util.List;

/// What the kernel says of a process: its state's letter, and when it started, by which a process
/// is told from a later one of the same id. (proc(5), /proc/PID/stat)
record ProcessStat(char state, String startTime) {
    /// No such process.
    static final ProcessStat NONE = new ProcessStat('X', "");

    private static final int STATE = 0;
    private static final int START_TIME = 19;

    /// Reads the one line. The program's name, in brackets, may hold anything; the fields after it
    /// are counted from the state on.
    static ProcessStat parse(String line) {
        List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 1).strip()
                .split(" ", -1));
        return fields.size() <= START_TIME || fields.get(STATE).isEmpty() ? NONE
                : new ProcessStat(fields.get(STATE).charAt(0), fields.get(START_TIME));
    }

    /// Whether it runs, if only frozen; a process that nobody has waited for runs no more.
    boolean alive() {
        return state != 'X' && state != 'Z';
    }

    /// Whether a signal has frozen it.
    boolean frozen() {
        return state == 'T';
    }
}

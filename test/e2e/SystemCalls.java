package e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a daemon asked of the kernel, as `strace -f -y` saw it, and whether the order is right:
///
/// (1) between a writing request and its answer, the log is written, then synced, in that order,
///     and the sync has ended before the answer begins;
/// (2) a file that is renamed was synced after its last write;
/// (3) the directory of a renamed file is synced before its thread renames another or answers.
///
/// Calls of several threads overlap: one has happened only when it has ended. What the process
/// engine keeps is no part of this: it means nothing after a power cut.
final class SystemCalls {
    /// What strace must be told so that this can read it.
    static final List<String> STRACE = List.of("strace", "-D", "-f", "--seccomp-bpf", "-y", "-s",
            "64", "-e", "trace=read,write,writev,pwrite64,pwritev,fdatasync,fsync,rename,renameat,"
            + "renameat2,sendto,recvfrom", "-o");

    private static final Pattern LINE = Pattern.compile("(\\d+) +(.*)");
    private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)");
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)");
    private static final Pattern FILE = Pattern.compile("\\d+<([^>]*)>.*");
    private static final Pattern RENAME = Pattern.compile(".*\"([^\"]+)\".*\"([^\"]+)\".*");
    private static final Pattern WRITING = Pattern.compile(".*\"(POST|DELETE) .*");
    private static final String UNFINISHED = "<unfinished ...>";

    /// One call: `began` and `ended` are lines of the trace.
    record Call(long thread, String name, String arguments, int began, int ended) {
        /// The file or socket of its first argument, "" for none.
        String file() {
            Matcher file = FILE.matcher(arguments);
            return file.matches() ? file.group(1) : "";
        }

        boolean writesFile() {
            return name.contains("write") && !file().startsWith("socket:");
        }

        boolean syncs(String path) {
            return (name.equals("fsync") || name.equals("fdatasync")) && file().equals(path);
        }

        boolean renames() {
            return name.startsWith("rename");
        }

        boolean asksToWrite() {
            return (name.equals("read") || name.equals("recvfrom"))
                    && file().startsWith("socket:") && WRITING.matcher(arguments).matches();
        }

        boolean answers() {
            return file().startsWith("socket:") && arguments.contains("\"HTTP/1.1 2");
        }
    }

    private final List<Call> calls;
    private final String state;
    private final List<String> violations = new ArrayList<>();
    /// How many answers to writing requests were judged.
    private int answers;
    /// How many renames were judged.
    private int renames;

    private SystemCalls(List<Call> calls, Path state) {
        this.calls = calls;
        this.state = state.toString();
    }

    /// Judges a trace of a daemon whose clients ask one thing at a time.
    static SystemCalls judge(List<String> trace, Path state) {
        SystemCalls judged = new SystemCalls(parse(trace), state);
        judged.judgeAnswers();
        judged.judgeRenames();
        return judged;
    }

    List<String> violations() {
        return violations;
    }

    int answers() {
        return answers;
    }

    int renames() {
        return renames;
    }

    private static List<Call> parse(List<String> trace) {
        List<Call> calls = new ArrayList<>();
        TreeMap<Long, Call> open = new TreeMap<>();
        for (int at = 0; at < trace.size(); at++) {
            Matcher line = LINE.matcher(trace.get(at));
            if (!line.matches()) {
                continue;
            }
            long thread = Long.parseLong(line.group(1));
            Matcher resumed = RESUMED.matcher(line.group(2));
            Matcher call = CALL.matcher(line.group(2));
            if (resumed.matches() && open.containsKey(thread)) {
                Call begun = open.remove(thread);
                calls.add(new Call(thread, begun.name(), begun.arguments() + resumed.group(2),
                        begun.began(), at));
            } else if (call.matches()) {
                String arguments = call.group(2);
                Call begun = new Call(thread, call.group(1), arguments.replace(UNFINISHED, ""),
                        at, at);
                if (arguments.endsWith(UNFINISHED)) {
                    open.put(thread, begun);
                } else {
                    calls.add(begun);
                }
            }
        }
        calls.sort((a, b) -> Integer.compare(a.began(), b.began()));
        return calls;
    }

    private void judgeAnswers() {
        for (Call request : calls) {
            if (request.asksToWrite()) {
                calls.stream().filter(call -> call.answers() && call.began() > request.ended()
                                && call.file().equals(request.file())).findFirst()
                        .ifPresent(answer -> judgeAnswer(request, answer));
            }
        }
    }

    private void judgeAnswer(Call request, Call answer) {
        answers++;
        Call written = calls.stream().filter(call -> call.writesFile() && ofLog(call.file())
                        && call.began() > request.ended() && call.ended() < answer.began())
                .findFirst().orElse(request);
        boolean synced = calls.stream().anyMatch(call -> call.syncs(written.file())
                && call.began() > written.ended() && call.ended() < answer.began());
        if (written == request || !synced) {
            violations.add((written == request ? "answered before the log was written: "
                    : "answered before the log was synced: ") + request.arguments());
        }
    }

    private boolean ofLog(String file) {
        return file.startsWith(state + "/raft/log-") && !file.endsWith(".tmp");
    }

    private void judgeRenames() {
        for (Call rename : calls) {
            Matcher names = RENAME.matcher(rename.arguments());
            boolean ours = rename.renames() && names.matches()
                    && names.group(2).startsWith(state + "/")
                    && !names.group(2).startsWith(state + "/tasks/");
            if (ours) {
                renames++;
                judgeSource(rename, names.group(1));
                judgeDirectory(rename, names.group(2));
            }
        }
    }

    private void judgeSource(Call rename, String from) {
        boolean synced = calls.stream().filter(call -> call.writesFile()
                        && call.file().equals(from) && call.began() < rename.began())
                .reduce((_, last) -> last)
                .map(last -> calls.stream().anyMatch(call -> call.syncs(from)
                        && call.began() > last.ended() && call.ended() < rename.began()))
                .orElse(true);
        if (!synced) {
            violations.add("renamed before it was synced: " + from);
        }
    }

    private void judgeDirectory(Call rename, String to) {
        String directory = Path.of(to).getParent().toString();
        for (Call call : calls) {
            boolean next = call.thread() == rename.thread() && call.began() > rename.ended();
            if (next && call.syncs(directory)) {
                return;
            }
            if (next && (call.renames() || call.answers())) {
                break;
            }
        }
        violations.add("renamed, and its directory not synced: " + to);
    }
}

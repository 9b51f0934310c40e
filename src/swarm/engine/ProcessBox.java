package swarm.engine;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.PortConfig;

/// The directory of one task of the process engine, which is all that is known of the task: what it
/// is (`record`), and what its script has written ([TaskScript]). It appears by a rename, whole; it
/// goes by a rename too, after which no script can start anything in it, and is emptied then.
///
/// Nothing is cached: a daemon that finds the directory knows as much as the one that made it. A
/// recorded process is believed in only as long as the boot, its id and its start time agree.
final class ProcessBox {
    private static final String RECORD = "record";
    private static final String NEW = "new-";
    private static final String GONE = "gone-";
    private static final String UNSEEN = "how the process ended was not seen";
    /// The exit code of a process whose end nobody saw.
    private static final long UNSEEN_CODE = 255;

    private final String id;
    /// Which run of the machine this is.
    private final String boot;
    private final Kept kept;
    /// Where the directory is; changed once, when it is given up.
    private volatile Path dir;

    /// What a task is, beside what its script says: `places` are the files that its program may be.
    record Kept(String name, SortedMap<String, String> labels, String program,
            List<String> places, String stopSignal, List<PortConfig> ports) { }

    /// How far the task is; the exit code and the error mean something once it has ended.
    record Life(Container.State state, long pid, long exitCode, String error) {
        static final Life NOT_STARTED = new Life(Container.State.CREATED, 0, 0, "");

        boolean alive() {
            return state == Container.State.RUNNING || state == Container.State.PAUSED;
        }
    }

    /// The file `pid`: the task and its parent, each by id and start time, and the boot.
    private record Recorded(long pid, String startTime, long parent, String parentStartTime,
            String boot) { }

    private ProcessBox(Path dir, String boot, Kept kept) {
        this.id = dir.getFileName().toString();
        this.boot = boot;
        this.dir = dir;
        this.kept = kept;
    }

    /// Makes the directory of a new task.
    static ProcessBox make(Path dir, String boot, Kept kept, String script)
            throws IOException {
        Path made = dir.resolveSibling(NEW + dir.getFileName());
        Files.createDirectory(made);
        Files.writeString(made.resolve("run"), script);
        Files.writeString(made.resolve(RECORD), RecordCodec.toJson(kept, Audience.LOG).text());
        Files.move(made, dir, StandardCopyOption.ATOMIC_MOVE);
        return new ProcessBox(dir, boot, kept);
    }

    /// The task of a directory that was found; absent if it is no task's, or was being made or
    /// removed when its daemon died.
    static Optional<ProcessBox> found(Path dir, String boot) throws IOException {
        String name = dir.getFileName().toString();
        if (name.startsWith(NEW) || name.startsWith(GONE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessBox(dir, boot, RecordCodec.fromJson(Kept.class,
                    Json.parse(Files.readAllBytes(dir.resolve(RECORD))))));
        } catch (JsonException | NoSuchFileException torn) {
            return Optional.empty();
        }
    }

    /// Kills what may run in a directory that is no task's, and deletes it.
    static void sweep(Path dir, String boot) throws IOException {
        ProcessBox box = new ProcessBox(dir, boot, new Kept("", new TreeMap<>(), "",
                List.of(), "", List.of()));
        box.kill();
        box.delete();
    }

    String id() {
        return id;
    }

    String name() {
        return kept.name();
    }

    Kept kept() {
        return kept;
    }

    /// Where its output is: `out`, `err`.
    Path file(String name) {
        return dir.resolve(name);
    }

    /// Whether the directory is still there.
    boolean there() {
        return Files.exists(dir);
    }

    /// How far the task is. It lives on until its parent has written down how it ended, or cannot.
    Life life() throws IOException {
        Optional<Recorded> recorded = recorded();
        if (recorded.isEmpty()) {
            return Life.NOT_STARTED;
        }
        Recorded process = recorded.get();
        Optional<Life> ended = ended();
        if (ended.isPresent()) {
            return ended.get();
        }
        ProcessStat task = stat(process.pid(), process.startTime(), process.boot());
        boolean parent = stat(process.parent(), process.parentStartTime(), process.boot()).alive();
        if (task.alive() || parent) {
            return new Life(task.frozen() ? Container.State.PAUSED : Container.State.RUNNING,
                    process.pid(), 0, "");
        }
        return ended().orElse(new Life(Container.State.EXITED, 0, UNSEEN_CODE, UNSEEN));
    }

    /// The container that the seam shows.
    Container shown() throws IOException {
        Life life = life();
        return new Container(id, kept.name(), kept.labels(), life.state(), life.pid(),
                life.exitCode(), false, life.error(), written("pid"),
                life.alive() ? Optional.empty() : written("exit"), Optional.empty(),
                life.alive() ? kept.ports() : List.of());
    }

    /// Starts the script. It needs nothing of the daemon, which may die at any moment.
    Process run(Map<String, String> environment) throws IOException {
        ProcessBuilder shell = new ProcessBuilder("setsid", "sh", file("run").toString())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(file("trouble").toFile());
        shell.environment().clear();
        shell.environment().put("PATH", environment.getOrDefault("PATH", "/usr/bin:/bin"));
        return shell.start();
    }

    /// What the script's shell complained of.
    String trouble() throws IOException {
        return read("trouble").orElse("").replace('\n', ' ');
    }

    /// Sends a signal, by its name or number, to all the processes of the task; nothing if it does
    /// not run.
    void signal(String name) throws IOException {
        Optional<Recorded> recorded = recorded();
        if (recorded.isPresent() && life().alive()) {
            String plain = name.startsWith("SIG") ? name.substring(3) : name;
            sh("kill -s \"$1\" -- \"-$2\"", "kill", plain,
                    Long.toString(recorded.get().pid()));
        }
    }

    /// Ends the task by force.
    void kill() throws IOException {
        signal("KILL");
    }

    /// Makes sure that nothing starts in the directory any more.
    void giveUp() throws IOException {
        Path gone = dir.resolveSibling(GONE + id);
        if (!dir.equals(gone)) {
            Files.move(dir, gone, StandardCopyOption.ATOMIC_MOVE);
            dir = gone;
        }
    }

    /// Deletes the directory.
    void delete() throws IOException {
        Files.walkFileTree(dir, new SimpleFileVisitor<>() {
            @Override public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                    throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override public FileVisitResult postVisitDirectory(Path visited, IOException failed)
                    throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /// Absent before the start. A file that a crash of the machine left torn names no process.
    private Optional<Recorded> recorded() throws IOException {
        Optional<String> text = read("pid");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] words = (text.get() + " 0 0 0 0 0").split(" ", -1);
        return Optional.of(new Recorded(number(words[0]), words[1], number(words[2]), words[3],
                words[4]));
    }

    private Optional<Life> ended() throws IOException {
        return read("exit").map(ProcessBox::number).filter(code -> code >= 0)
                .map(code -> new Life(Container.State.EXITED, 0, code, ""));
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException torn) {
            return -1;
        }
    }

    private Optional<Instant> written(String name) throws IOException {
        Path file = dir.resolve(name);
        return Files.exists(file) ? Optional.of(Files.getLastModifiedTime(file).toInstant())
                : Optional.empty();
    }

    private Optional<String> read(String name) throws IOException {
        Path file = dir.resolve(name);
        return Files.exists(file) ? Optional.of(Files.readString(file).strip())
                : Optional.empty();
    }

    private ProcessStat stat(long pid, String startTime, String startedIn) {
        try {
            ProcessStat stat = ProcessStat.parse(Files.readString(Path.of("/proc/" + pid
                    + "/stat")));
            boolean same = stat.startTime().equals(startTime) && boot.equals(startedIn);
            return same ? stat : ProcessStat.NONE;
        } catch (IOException gone) {
            return ProcessStat.NONE;
        }
    }

    private static void sh(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c"));
        command.addAll(List.of(words));
        Process shell = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            shell.waitFor();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}

package swarm.cli;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import swarm.json.Json;

/// `service logs`: what the tasks of a service have written, each line after the name of its task.
///
/// The daemon sends frames: a byte that names the stream (2 is standard error, 3 tells in the last
/// frame what is missing), three zeros, four bytes of length (big endian), and a line of the log of
/// that length. The details it is asked for stand before the message and name the task: `a=1,b=2
/// message`, after the time if there is one.
///
/// Source: Docker's Engine API, stream format of "attach to a container".
final class Logs {
    static final String FLAGS = """
        --details|Show further details of the lines
        -f, --follow|Go on as more is written
        --no-resolve|Show ids instead of names
        --no-task-ids|Leave out the tasks' ids
        --no-trunc|Show ids in full
        --raw|Show the lines as they were written
        --since string|Show what was written after this time, or in the last "10m"
        -n, --tail string|Show so many lines from the end (default "all")
        -t, --timestamps|Show when each line was written
        """;
    private static final int HEADER_BYTES = 8;
    private static final int STDERR = 2;
    private static final int SYSTEM_ERROR = 3;
    private static final String OURS = "com.docker.swarm.";

    private final Session session;
    private final Args args;
    private final Tasks names;
    /// What tasks are called in front of their lines, by id; filled as they write.
    private final LinkedHashMap<String, String> titles = new LinkedHashMap<>();
    /// How wide a slot's number can be; set before the first line.
    private int slotWidth = 1;

    private Logs(Session session, Args args) {
        this.session = session;
        this.args = args;
        this.names = new Tasks(session, !args.on("no-resolve"));
    }

    static void run(Session session) throws Failure {
        new Logs(session, session.args()).show();
    }

    private void show() throws Failure {
        String name = args.first();
        boolean raw = args.on("raw");
        Json.Obj service = find("/services/" + Client.escaped(name) + "?insertDefaults=false");
        Json.Obj task = service.isEmpty() ? find("/tasks/" + Client.escaped(name)) : Json.obj();
        if (service.isEmpty() && task.isEmpty()) {
            throw Failure.of("no such task or service: " + name);
        }
        Json.Obj spec = service.isEmpty() ? task.obj("Spec")
            : service.obj("Spec").obj("TaskTemplate");
        boolean terminal = spec.obj("ContainerSpec").bool("TTY");
        if (terminal && !raw) {
            throw Failure.of("tty service logs only supported with --raw");
        }
        long most = service.isEmpty() ? task.num("Slot")
            : service.obj("Spec").obj("Mode").obj("Replicated").num("Replicas");
        slotWidth = Long.toString(most).length();
        String since = args.text("since");
        session.client().follow((service.isEmpty() ? "/tasks/" : "/services/")
            + Client.escaped(name) + "/logs?" + (raw && !args.on("details") ? "" : "details=1&")
            + (args.on("follow") ? "follow=1&" : "")
            + (since.isEmpty() ? "" : "since=" + seconds(since) + "&")
            + "stderr=1&stdout=1&tail=" + Client.escaped(args.text("tail", "all"))
            + (args.on("timestamps") ? "&timestamps=1" : ""));
        copy(raw, terminal);
    }

    private Json.Obj find(String path) throws Failure {
        try {
            return session.get(path);
        } catch (Failure refused) {
            if (refused.answered != 404) {
                throw refused;
            }
            return Json.obj();
        }
    }

    private void copy(boolean raw, boolean unframed) throws Failure {
        byte[] left = {};
        for (byte[] more = session.world().more(); more.length > 0; more = session.world().more()) {
            if (unframed) {
                session.world().write(false, more);
                continue;
            }
            int had = left.length;
            left = Arrays.copyOf(left, had + more.length);
            System.arraycopy(more, 0, left, had, more.length);
            int from = 0;
            while (left.length - from >= HEADER_BYTES
                && left.length - from - HEADER_BYTES >= length(left, from)) {
                int end = from + HEADER_BYTES + length(left, from);
                byte[] line = Arrays.copyOfRange(left, from + HEADER_BYTES, end);
                if (left[from] == SYSTEM_ERROR) {
                    throw Failure.of("error from daemon in stream: "
                        + new String(line, StandardCharsets.UTF_8).stripTrailing());
                }
                session.world().write(left[from] == STDERR, raw ? line : titled(line));
                from = end;
            }
            left = Arrays.copyOfRange(left, from, left.length);
        }
    }

    private static int length(byte[] frame, int from) {
        return (frame[from + 4] & 0xff) << 24 | (frame[from + 5] & 0xff) << 16
            | (frame[from + 6] & 0xff) << 8 | frame[from + 7] & 0xff;
    }

    private byte[] titled(byte[] line) throws Failure {
        String text = new String(line, StandardCharsets.UTF_8);
        int afterTime = args.on("timestamps") ? text.indexOf(' ') + 1 : 0;
        int space = text.indexOf(' ', afterTime);
        String details = text.substring(afterTime, Math.max(space, afterTime));
        String others = "";
        String task = "";
        for (String detail : Words.fields(details)) {
            if (detail.startsWith(OURS + "task.id=")) {
                task = detail.substring((OURS + "task.id=").length());
            } else if (!detail.startsWith(OURS)) {
                others += (others.isEmpty() ? "" : ",") + detail;
            }
        }
        return (text.substring(0, afterTime) + title(task) + "    | "
            + (args.on("details") ? others + " " : "") + text.substring(space + 1))
            .getBytes(StandardCharsets.UTF_8);
    }

    private String title(String id) throws Failure {
        if (!titles.containsKey(id)) {
            Json.Obj task = session.get("/tasks/" + Client.escaped(id));
            String slot = Long.toString(task.num("Slot"));
            titles.put(id, names.serviceName(task.str("ServiceID")) + "." + slot
                + (args.on("no-task-ids") ? ""
                    : "." + (args.on("no-trunc") ? id : Tasks.shortened(id)))
                + "@" + names.nodeName(task.str("NodeID"))
                + " ".repeat(Math.max(0, slotWidth - slot.length())));
        }
        return titles.get(id);
    }

    /// A length of time before now, a count of seconds, or a time of day and date, UTC unless it
    /// says otherwise, of which the end may be missing.
    private String seconds(String since) throws Failure {
        try {
            return Long.toString(session.world().now().getEpochSecond()
                - Durations.nanos(since) / 1_000_000_000L);
        } catch (Failure noDuration) {
            if (since.indexOf('-') < 0) {
                return since;
            }
        }
        int zone = Math.max(since.indexOf('+'), since.indexOf('-', "2006-01-02T".length()));
        String offset = zone < 0 ? "Z" : since.substring(zone);
        String local = (zone < 0 ? since : since.substring(0, zone)).replace("Z", "");
        String full = local.length() < 19 ? local + "0000-01-01T00:00:00".substring(local.length())
            : local;
        try {
            LocalDateTime time = LocalDateTime.parse(full);
            String nanos = Integer.toString(1_000_000_000 + time.getNano()).substring(1);
            return time.toEpochSecond(ZoneOffset.of(offset)) + "." + nanos;
        } catch (DateTimeException noTime) {
            throw Failure.of("invalid value for \"since\": failed to parse \"" + since + "\"");
        }
    }
}

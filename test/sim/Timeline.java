package sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import swarm.raft.MemberId;

/// What happened, one line per event, one column per node, and a digest of all of it.
///
/// Only the last lines are kept, and they become text only when somebody wants to read them. The
/// digest covers every message with its time, every fault and every answer of the run: two runs
/// with one seed must agree in it.
final class Timeline {
    private static final int KEPT = 4_000;
    private static final int COLUMN = 26;

    private record Line(long atUs, MemberId node, Object what) {}

    private final ArrayDeque<Line> lines = new ArrayDeque<>();

    /// FNV-1a over the numbers given to `mix`.
    private long digest = 0xcbf29ce484222325L;

    void add(long atUs, MemberId node, Object what) {
        lines.add(new Line(atUs, node, what));
        if (lines.size() > KEPT) {
            lines.poll();
        }
    }

    void mix(long number) {
        long rest = number;
        for (int i = 0; i < 8; i++) {
            digest = (digest ^ rest & 0xff) * 0x100000001b3L;
            rest >>>= 8;
        }
    }

    void mix(byte[] bytes) {
        for (byte b : bytes) {
            digest = (digest ^ b & 0xff) * 0x100000001b3L;
        }
    }

    String digest() {
        return Long.toHexString(digest);
    }

    /// The last lines: time, then each node's words in its own column.
    String tail(int count) {
        TreeSet<MemberId> nodes = new TreeSet<>();
        lines.forEach(line -> nodes.add(line.node));
        List<MemberId> columns = new ArrayList<>(nodes);
        StringBuilder text = new StringBuilder("      ms ");
        columns.forEach(node -> text.append(pad("node " + node)));
        lines.stream().skip(Math.max(0, lines.size() - count)).forEach(line -> {
            String time = Long.toString(line.atUs / 1000);
            text.append('\n').append(" ".repeat(Math.max(0, 8 - time.length()))).append(time)
                .append(' ').append(" ".repeat(COLUMN * columns.indexOf(line.node)))
                .append(line.what);
        });
        return text.append('\n').toString();
    }

    private static String pad(String text) {
        return text + " ".repeat(Math.max(1, COLUMN - text.length()));
    }
}

package swarm.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether a node is what a constraint asks for. Keys are compared without case, but for the names
/// of labels; values are compared whole and without case; what a node lacks is the empty value.
/// (swarmkit manager/constraint)
public final class ConstraintMatch {
    private static final String NODE_LABELS = "node.labels.";
    private static final String ENGINE_LABELS = "engine.labels.";

    private ConstraintMatch() { }

    /// A stored constraint; validation keeps out what cannot be parsed, and what got in all the
    /// same is passed over.
    public static Optional<Constraint> parsed(String text) {
        return switch (Constraint.parse(text)) {
            case Constraint.Parsed.Valid valid -> Optional.of(valid.constraint());
            case Constraint.Parsed.Invalid _ -> Optional.empty();
        };
    }

    /// Whether all of these constraints, as written, hold on the node.
    public static boolean allHold(List<String> constraints, Node node) {
        return constraints.stream().map(ConstraintMatch::parsed).flatMap(Optional::stream)
                .allMatch(constraint -> holds(constraint, node));
    }

    /// Whether the constraint holds on the node.
    public static boolean holds(Constraint constraint, Node node) {
        String key = constraint.key().toLowerCase(Locale.ROOT);
        String wanted = constraint.value();
        if (key.equals("node.ip")) {
            return address(wanted, node).map(inside -> inside == constraint.equal()).orElse(false);
        }
        return value(key, constraint.key(), node)
                .map(own -> own.equalsIgnoreCase(wanted) == constraint.equal()).orElse(false);
    }

    /// The value of a label by which to spread; empty for a node without it.
    public static String label(String descriptor, Node node) {
        return value(descriptor.toLowerCase(Locale.ROOT), descriptor, node).orElse("");
    }

    private static Optional<String> value(String key, String asWritten, Node node) {
        Node.Description said = node.description();
        if (key.startsWith(NODE_LABELS)) {
            String label = asWritten.substring(NODE_LABELS.length());
            return Optional.of(node.spec().labels().getOrDefault(label, ""));
        }
        if (key.startsWith(ENGINE_LABELS)) {
            String label = asWritten.substring(ENGINE_LABELS.length());
            return Optional.of(said.engine().labels().getOrDefault(label, ""));
        }
        return switch (key) {
            case "node.id" -> Optional.of(node.id().text());
            case "node.hostname" -> Optional.of(said.hostname());
            case "node.role" -> Optional.of(node.spec().role().name());
            case "node.platform.os" -> Optional.of(said.platform().os());
            case "node.platform.arch" -> Optional.of(said.platform().architecture());
            case String _ -> Optional.empty();
        };
    }

    /// Whether the node's address is in the given one or network; empty when that is malformed.
    private static Optional<Boolean> address(String wanted, Node node) {
        try {
            int slash = wanted.indexOf('/');
            byte[] own = bytes(node.status().addr());
            byte[] net = bytes(slash < 0 ? wanted : wanted.substring(0, slash));
            int bits = slash < 0 ? net.length * Byte.SIZE
                    : Integer.parseInt(wanted.substring(slash + 1));
            if (bits < 0 || bits > net.length * Byte.SIZE) {
                return Optional.empty();
            }
            return Optional.of(own.length == net.length && samePrefix(own, net, bits));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /// The JDK also takes IPv4 addresses of fewer than four parts, which Docker refuses.
    private static byte[] bytes(String address) {
        boolean four = address.chars().filter(c -> c == '.').count() == 3;
        if (!four && address.indexOf(':') < 0) {
            throw new IllegalArgumentException(address);
        }
        return InetAddress.ofLiteral(address).getAddress();
    }

    private static boolean samePrefix(byte[] a, byte[] b, int bits) {
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> i % Byte.SIZE;
            if ((a[i / Byte.SIZE] & mask) != (b[i / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }
}

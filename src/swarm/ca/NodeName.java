package swarm.ca;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a node certificate says about its holder: CN is the node's id, OU its role when the
/// certificate was signed, O the cluster's id. Only the id is proof: the role that counts is the
/// one in the store now, and a certificate of another cluster counts as none; that is for those who
/// ask.
///
/// A name has the three attributes in the order O, OU, CN and nothing else, so that two readers
/// cannot disagree about which one counts. (swarmkit ca/certificates.go; RFC 5280 §4.1.2.4)
public record NodeName(String nodeId, Role role, String clusterId) {
    static final String COMMON_NAME = "2.5.4.3";
    private static final String ORGANIZATION = "2.5.4.10";
    private static final String UNIT = "2.5.4.11";
    private static final List<String> KINDS = List.of(ORGANIZATION, UNIT, COMMON_NAME);
    /// The upper bound of a common name and of an organization. (RFC 5280 appendix A.1)
    private static final int CHARS_MAX = 64;

    /// The two kinds of node certificate.
    public enum Role {
        MANAGER("swarm-manager"), WORKER("swarm-worker");

        private final String unit;

        Role(String unit) {
            this.unit = unit;
        }

        /// The role as certificates spell it.
        public String unit() {
            return unit;
        }

        private static Optional<Role> ofUnit(String unit) {
            for (Role role : values()) {
                if (role.unit.equals(unit)) {
                    return Optional.of(role);
                }
            }
            return Optional.empty();
        }
    }

    public NodeName {
        if (!isId(nodeId) || !isId(clusterId)) {
            throw new IllegalArgumentException("an id is 1 to 64 letters, digits or hyphens");
        }
    }

    byte[] der() {
        return Der.sequence(
            attribute(ORGANIZATION, clusterId),
            attribute(UNIT, role.unit()),
            attribute(COMMON_NAME, nodeId));
    }

    /// One attribute of a distinguished name.
    static byte[] attribute(String oid, String value) {
        return Der.set(Der.sequence(Der.oid(oid), Der.printable(value)));
    }

    /// The node named by a subject; empty when it is well-formed but names something else.
    static Optional<NodeName> ofSubject(byte[] der) throws MalformedException {
        DerReader names = DerReader.over(der).enter(Der.SEQUENCE);
        List<String> kinds = new ArrayList<>();
        List<String> values = new ArrayList<>();
        while (!names.atEnd()) {
            DerReader set = names.enter(Der.SET);
            DerReader attribute = set.enter(Der.SEQUENCE);
            set.end();
            kinds.add(attribute.oid());
            values.add(attribute.text());
            attribute.end();
        }
        if (!kinds.equals(KINDS) || !isId(values.get(0)) || !isId(values.get(2))) {
            return Optional.empty();
        }
        return Role.ofUnit(values.get(1))
            .map(role -> new NodeName(values.get(2), role, values.get(0)));
    }

    private static boolean isId(String id) {
        boolean plain = !id.isEmpty() && id.length() <= CHARS_MAX;
        for (int i = 0; plain && i < id.length(); i++) {
            char c = id.charAt(i);
            plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                || c == '-';
        }
        return plain;
    }
}

package swarm.wire;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import swarm.ca.NodeName;

/// Who may open which connection, and ask what on it: the one table. A certificate proves which
/// node it is; what that node may do, the store's row says now. Two exceptions: a manager that is
/// still empty believes the role in the certificate, for the leader sends it the rows; and the
/// manager that dials back is not known to the node it dials.
///
///             none  no row  worker  manager  empty store
///     JOIN    yes   yes     yes     yes      yes
///     ASK           yes     yes     yes      yes
///     AGENT                 yes     yes
///     RAFT                          yes      certificate
///     HELLO         cert.   cert.   cert.    certificate
///
///     SEAT          yes     yes     yes      yes
///     ROW           yes     yes     yes      yes
///     RENEW                 yes     yes
///     LEAVE                 yes     yes
///     OUTPUT                yes     yes
///     HANDLE                        yes
///
/// A node that was removed has no row, and so its certificate is worth no more than that of a
/// stranger who has one: it may ask whether it is known, and to be made a manager, for which it
/// must show the token. So no list of removed nodes is kept.
///
/// A certificate of another cluster counts for JOIN only, as none.
public final class Rights {
    /// What the store says of a node now.
    public enum Standing {
        /// It has no row: it was removed, or never was a member.
        UNKNOWN,
        WORKER,
        MANAGER,
        /// Nobody has a row: the store waits for the leader's.
        EMPTY_STORE
    }

    /// What a node asks of a manager.
    public enum Asked {
        /// To be made a manager; shows the token again.
        SEAT,
        /// What its row says.
        ROW,
        /// A new certificate.
        RENEW,
        /// To be forgotten.
        LEAVE,
        /// To take the output of its tasks, which the manager has asked for.
        OUTPUT,
        /// To answer a client's request that this node was sent.
        HANDLE
    }

    private static final Set<Standing> MEMBERS = EnumSet.of(Standing.WORKER, Standing.MANAGER);

    private Rights() { }

    /// Why a connection is refused, in a sentence; empty when it is allowed.
    public static Optional<String> refusal(Protocol protocol, Optional<NodeName> peer,
            String clusterId, Standing standing) {
        if (protocol == Protocol.JOIN) {
            return Optional.empty();
        }
        if (peer.isEmpty()) {
            return Optional.of("a node without a certificate has to join first");
        }
        if (!peer.get().clusterId().equals(clusterId)) {
            return Optional.of("this node belongs to another swarm (" + peer.get().clusterId()
                + ", here is " + clusterId + ")");
        }
        return switch (protocol) {
            case JOIN, ASK -> Optional.empty();
            case AGENT -> unless(MEMBERS.contains(standing), standing);
            case RAFT -> standing == Standing.EMPTY_STORE ? unlessManager(peer.get())
                : unless(standing == Standing.MANAGER, standing);
            case HELLO -> unlessManager(peer.get());
        };
    }

    /// Why a question on a connection that was allowed is refused; empty when it is answered.
    public static Optional<String> refusal(Asked asked, Standing standing) {
        return switch (asked) {
            case SEAT, ROW -> Optional.empty();
            case RENEW, LEAVE, OUTPUT -> unless(MEMBERS.contains(standing), standing);
            case HANDLE -> unless(standing == Standing.MANAGER, standing);
        };
    }

    private static Optional<String> unlessManager(NodeName peer) {
        return peer.role() == NodeName.Role.MANAGER ? Optional.empty()
            : Optional.of("this node's certificate is not a manager's");
    }

    private static Optional<String> unless(boolean allowed, Standing standing) {
        return allowed ? Optional.empty() : Optional.of(switch (standing) {
            case UNKNOWN -> "this node is not part of the swarm";
            case WORKER, MANAGER -> "this node is not a manager";
            case EMPTY_STORE -> "the manager that was asked does not know the swarm's nodes yet";
        });
    }
}

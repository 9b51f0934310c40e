package swarm.ca;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whom a handshake may end with: a node whose certificate leads to the root, today. Which node, of
/// which cluster and role, is asked after the handshake; host names and addresses prove nothing
/// here. What a certificate is for is said by its name, so key purposes are not looked at.
///
/// A node that joins knows only the digest of the root. The peer shows the root as the last of its
/// chain; the chain of this very handshake must lead to it, and begin with a manager: only then may
/// the token's secret be sent over this connection.
final class Trust extends X509ExtendedTrustManager {
    /// Node, two roots that change places and their cross-signature; it also bounds the search.
    private static final int CHAIN_MAX = 4;

    private final Anchor anchor;
    private final InstantSource wall;

    /// How the root is known.
    sealed interface Anchor {
        /// To a member: by itself.
        record Known(Certificate root) implements Anchor { }

        /// To a joining node: by its digest.
        record Told(JoinToken token) implements Anchor { }
    }

    Trust(Anchor anchor, InstantSource wall) {
        this.anchor = anchor;
        this.wall = wall;
    }

    private void check(X509Certificate[] shown) throws CertificateException {
        if (shown.length == 0 || shown.length > CHAIN_MAX) {
            throw new CertificateException("a chain of " + shown.length + " certificates");
        }
        List<Certificate> chain = new ArrayList<>();
        for (X509Certificate certificate : shown) {
            try {
                chain.add(Certificate.parse(certificate.getEncoded()));
            } catch (MalformedException e) {
                throw new CertificateException(e.getMessage(), e);
            }
        }
        Certificate peer = chain.getFirst();
        Certificate root = switch (anchor) {
            case Anchor.Known known -> known.root();
            case Anchor.Told told -> rootMeantBy(told.token(), chain);
        };
        if (peer.node().isEmpty()) {
            throw new CertificateException("not a node's certificate");
        }
        List<Certificate> between = chain.subList(1, chain.size());
        if (!peer.leadsTo(root, between, wall.instant())) {
            throw new CertificateException(unbelieved(peer, root, between));
        }
    }

    /// Which of the two it is: at the ends of its own validity, only the root's part is left.
    private String unbelieved(Certificate peer, Certificate root, List<Certificate> between) {
        Instant now = wall.instant();
        if (!peer.leadsTo(root, between, peer.notBefore())
                && !peer.leadsTo(root, between, peer.notAfter())) {
            return "a certificate of another root: that node belongs to another swarm";
        }
        return "a certificate out of date: it is valid from " + peer.notBefore() + " to "
            + peer.notAfter() + ", and the clock here says " + now.truncatedTo(ChronoUnit.SECONDS)
            + " (" + (now.isAfter(peer.notAfter()) ? "it has expired" : "it is not valid yet")
            + ", or one of the two clocks is wrong)";
    }

    private static Certificate rootMeantBy(JoinToken token, List<Certificate> chain)
            throws CertificateException {
        if (!token.means(chain.getLast())) {
            throw new CertificateException("remote CA does not match fingerprint.");
        }
        boolean manager = chain.getFirst().node()
            .filter(node -> node.role() == NodeName.Role.MANAGER).isPresent();
        if (!manager) {
            throw new CertificateException("the remote node is not a manager");
        }
        return chain.getLast();
    }

    @Override public void checkClientTrusted(X509Certificate[] chain, String kind)
            throws CertificateException {
        check(chain);
    }

    @Override public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind)
            throws CertificateException {
        check(chain);
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    /// No list of names: peers have one certificate to show.
    @Override public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}

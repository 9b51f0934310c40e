package swarm.ca;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/// What handshakes are made with: TLS 1.3 only, our one kind of key, protocols told apart by ALPN,
/// every session from scratch. It opens nothing; a listener or a link does, with the context and
/// the parameters from here, and then asks `peer` who answered. A renewed identity is a new `Tls`.
///
/// The server wants a certificate of the client but goes on without: a node that joins has none.
/// (RFC 8446; RFC 7301 for ALPN)
public final class Tls {
    /// A ticket that lived longer than seven days would break the protocol, so the JDK neither
    /// sends nor keeps one when a session may. (RFC 8446 §4.6.1)
    private static final int NO_TICKETS_SECONDS = 8 * 24 * 3600;

    private final SSLContext context;

    private Tls(KeyManager[] own, Trust trust, SecureRandom random)
            throws GeneralSecurityException {
        context = SSLContext.getInstance("TLSv1.3");
        context.init(own, new TrustManager[] {trust}, random);
        forgetful(context.getServerSessionContext());
        forgetful(context.getClientSessionContext());
    }

    /// Makes sessions of no use after their connection, and keeps no more than the last one.
    private static void forgetful(SSLSessionContext sessions) {
        sessions.setSessionTimeout(NO_TICKETS_SECONDS);
        sessions.setSessionCacheSize(1);
    }

    /// For a member, as server and as client. Certificates are judged by the time that `wall` says.
    public static Tls of(Identity identity, Certificate root, InstantSource wall,
            SecureRandom random) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<Certificate> shown = new ArrayList<>(identity.chain());
            shown.add(root);
            X509Certificate[] chain = new X509Certificate[shown.size()];
            for (int i = 0; i < chain.length; i++) {
                chain[i] = (X509Certificate) factory.generateCertificate(
                    new ByteArrayInputStream(shown.get(i).der()));
            }
            KeyManager[] own = {new OwnKey(identity.key().jdkKey(), chain)};
            return new Tls(own, new Trust(new Trust.Anchor.Known(root), wall), random);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot speak TLS 1.3 with P-256", e);
        }
    }

    /// For a node that wants to join: a client without a certificate, to managers under the token's
    /// root only.
    public static Tls joining(JoinToken token, InstantSource wall, SecureRandom random) {
        try {
            Trust trust = new Trust(new Trust.Anchor.Told(token), wall);
            return new Tls(new KeyManager[0], trust, random);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot speak TLS 1.3", e);
        }
    }

    public SSLContext context() {
        return context;
    }

    /// Parameters for the end that accepts, with the protocols it speaks.
    public SSLParameters server(List<String> alpn) {
        SSLParameters parameters = client(alpn);
        parameters.setWantClientAuth(true);
        return parameters;
    }

    /// Parameters for the end that dials, with the protocols it would speak, best first.
    public SSLParameters client(List<String> alpn) {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setApplicationProtocols(alpn.toArray(String[]::new));
        return parameters;
    }

    /// Who the other end has proved to be; empty when it showed no certificate. Whether that node
    /// is of this cluster, is what is wanted, and has not been removed, is for the caller to judge.
    public static Optional<NodeName> peer(SSLSession session) {
        try {
            byte[] certificate = session.getPeerCertificates()[0].getEncoded();
            return Certificate.parse(certificate).node();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        } catch (GeneralSecurityException | MalformedException e) {
            throw new IllegalStateException("a certificate that was trusted is not readable", e);
        }
    }
}

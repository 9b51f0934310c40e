package swarm.model;

/// The root certificate (PEM), and its subject and public key (DER in base 64), by which one sees
/// that a node and its swarm trust the same root. (Docker's `TLSInfo`)
public record TlsInfo(String trustRoot, String certIssuerSubject, String certIssuerPublicKey) {
    /// Of a node that has not shown a certificate yet.
    public static final TlsInfo NONE = new TlsInfo("", "", "");
}

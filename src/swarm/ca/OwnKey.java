package swarm.ca;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/// What this node shows in a handshake: always the same one key and chain, whatever is asked for.
/// The chain ends with the root, so that a joining node sees what its token is the digest of.
final class OwnKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "node";

    private final PrivateKey key;
    private final X509Certificate[] chain;

    OwnKey(PrivateKey key, X509Certificate[] chain) {
        this.key = key;
        this.chain = chain;
    }

    @Override public PrivateKey getPrivateKey(String alias) {
        return key;
    }

    @Override public X509Certificate[] getCertificateChain(String alias) {
        return chain.clone();
    }

    @Override public String[] getClientAliases(String kind, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override public String[] getServerAliases(String kind, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
        return ALIAS;
    }

    @Override public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
        return ALIAS;
    }

    @Override public String chooseEngineClientAlias(String[] kinds, Principal[] issuers,
            SSLEngine engine) {
        return ALIAS;
    }

    @Override public String chooseEngineServerAlias(String kind, Principal[] issuers,
            SSLEngine engine) {
        return ALIAS;
    }
}

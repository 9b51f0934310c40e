package swarm.model;

import java.time.Instant;
import java.util.List;
import swarm.json.Always;
import swarm.json.Hidden;
import swarm.json.Name;

/// The swarm itself: settings, root certificate and join tokens. `caKey` is the root's private key
/// (PEM, PKCS #8), `epoch` the number and the random lineage that tell this history of the swarm
/// from one that was forced anew; neither ever leaves through the API.
public record Cluster(@Name("ID") String id, Version version, Instant createdAt,
        Instant updatedAt, ClusterSpec spec, @Name("TLSInfo") TlsInfo tlsInfo,
        @Always boolean rootRotationInProgress, List<String> defaultAddrPool, long subnetSize,
        long dataPathPort, JoinTokens joinTokens, @Hidden String caKey, @Hidden Epoch epoch)
        implements StoredObject {

    /// What a machine must show to join, by role.
    public record JoinTokens(String worker, String manager) { }

    /// Which history of the swarm this is.
    public record Epoch(long number, String lineage) { }

    @Override public String key() {
        return id;
    }

    @Override public Kind kind() {
        return Kind.CLUSTER;
    }

    @Override public Cluster stamped(Version version, Instant createdAt, Instant updatedAt) {
        return new Cluster(id, version, createdAt, updatedAt, spec, tlsInfo,
                rootRotationInProgress, defaultAddrPool, subnetSize, dataPathPort, joinTokens,
                caKey, epoch);
    }

    /// The same swarm with other settings.
    public Cluster withSpec(ClusterSpec spec) {
        return new Cluster(id, version, createdAt, updatedAt, spec, tlsInfo,
                rootRotationInProgress, defaultAddrPool, subnetSize, dataPathPort, joinTokens,
                caKey, epoch);
    }

    /// The same swarm with other join tokens.
    public Cluster withJoinTokens(JoinTokens tokens) {
        return new Cluster(id, version, createdAt, updatedAt, spec, tlsInfo,
                rootRotationInProgress, defaultAddrPool, subnetSize, dataPathPort, tokens, caKey,
                epoch);
    }
}

package swarm.engine;

import java.io.IOException;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;

/// Which version of its API an engine is spoken to in: the newest that it speaks, up to the newest
/// that we know. An engine says its own in the answer to `/_ping`; it is asked again after it was
/// out of sight, for it may have been exchanged.
///
/// Source: Docker Engine API, "Versioning". What we use has been in it since 1.24.
final class ApiVersion {
    private static final String MAJOR = "1.";
    private static final int NEWEST_MINOR = 47;
    private static final int PING_BYTES_MAX = 1 << 10;

    private final HttpClient client;
    /// What stands before each target, `/v1.41`; empty while it is not known. Any thread sets it.
    private volatile String prefix = "";

    ApiVersion(HttpClient client) {
        this.client = client;
    }

    /// The target in the version that the engine speaks.
    String of(String target) throws IOException {
        if (prefix.isEmpty()) {
            prefix = asked();
        }
        return prefix + target;
    }

    /// Another engine may answer from now on.
    void forget() {
        prefix = "";
    }

    /// Empty for an engine that does not say: it is then spoken to in its own newest version.
    private String asked() throws IOException {
        Request ping = new Request("GET", "/_ping", Headers.NONE);
        try (HttpCall call = client.send(ping, new byte[0])) {
            call.body().readAll(PING_BYTES_MAX);
            return prefix(call.response().headers().value("Api-Version"));
        }
    }

    static String prefix(String version) {
        try {
            return version.startsWith(MAJOR) ? "/v" + MAJOR + Math.min(NEWEST_MINOR,
                    Integer.parseInt(version.substring(MAJOR.length()))) : "";
        } catch (NumberFormatException unknown) {
            return "";
        }
    }
}

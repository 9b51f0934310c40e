package swarm.engine;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;

/// Fetches an image through the engine. The answer is a stream of progress that is read to its end,
/// since errors come in it, under a status of 200. A registry that is silent for half a minute is
/// given up: the engine itself would wait for a dropped packet's time-outs many times over.
final class ImagePull {
    private static final Timeouts TIMEOUTS = new Timeouts(2_000, 30_000, 30_000);

    private final Endpoint endpoint;
    private final ApiVersion version;

    ImagePull(Endpoint endpoint, ApiVersion version) {
        this.endpoint = endpoint;
        this.version = version;
    }

    /// Done, or failed in Docker's words for a task.
    EngineAnswer pull(String image, String registryAuth) throws IOException {
        Headers headers = registryAuth.isEmpty() ? Headers.NONE
                : Headers.of("X-Registry-Auth", registryAuth);
        String target = version.of("/images/create?fromImage="
                + URLEncoder.encode(withTag(image), StandardCharsets.UTF_8));
        try (HttpClient client = new HttpClient(endpoint, TIMEOUTS, 0);
                HttpCall call = client.send(new Request("POST", target, headers), new byte[0])) {
            if (call.status() != 200) {
                return refused(image, DockerEngine.message(call));
            }
            JsonLines lines = new JsonLines(call.body());
            for (Optional<Json.Obj> line = lines.next(); line.isPresent(); line = lines.next()) {
                String error = line.get().str("error");
                if (!error.isEmpty()) {
                    return refused(image, error);
                }
            }
            return new EngineAnswer.Done();
        } catch (SocketTimeoutException silent) {
            return refused(image, "nothing was heard of its registry for "
                    + TIMEOUTS.readMs() / 1_000 + " s");
        }
    }

    /// What a task whose image cannot be had shows is that the node has none; why it could not be
    /// fetched comes behind.
    private static EngineAnswer refused(String image, String why) {
        return new EngineAnswer.Failed(EngineAnswer.Cause.REFUSED,
                "No such image: " + image + " (" + why.replace('\n', ' ') + ")");
    }

    /// Without tag or digest the engine would fetch every tag there is.
    private static String withTag(String image) {
        String last = image.substring(image.lastIndexOf('/') + 1);
        return last.contains(":") || last.contains("@") ? image : image + ":latest";
    }
}

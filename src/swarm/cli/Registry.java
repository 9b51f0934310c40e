package swarm.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import swarm.json.Json;
import swarm.json.JsonException;

/// What a service needs to know of the image's registry: which digest a tag stands for now, and
/// the user's credentials, both as Docker's client sends them.
final class Registry {
    private static final String DOCKER_IO = "https://index.docker.io/v1/";
    private static final String IMAGE = "TaskTemplate.ContainerSpec.Image";
    private static final int NOT_IMPLEMENTED = 501;

    private Registry() {
    }

    /// The spec with the image's digest and platforms. If no registry tells them the image stays
    /// as it is, with a warning; an engine without registries (501) needs none.
    static Json.Obj pinned(Session session, Json.Obj spec, List<String> auth) throws Failure {
        String image = ServiceSpec.at(spec, IMAGE).asStr();
        try {
            Json.Obj found = session.client().call("GET", "/distribution/" + Client.escaped(image)
                + "/json", Json.NULL, auth).asObj();
            String digest = found.obj("Descriptor").str("digest");
            ArrayList<Json> platforms = new ArrayList<>();
            for (Json item : found.arr("Platforms")) {
                platforms.add(Json.obj().with("Architecture", item.asObj().str("architecture"))
                    .with("OS", item.asObj().str("os")));
            }
            Json.Obj pinned = digest.isEmpty() || image.contains("@") ? spec
                : ServiceSpec.put(spec, IMAGE, ServiceSpec.text(image + "@" + digest));
            return platforms.isEmpty() ? pinned : ServiceSpec.put(pinned,
                "TaskTemplate.Placement.Platforms", new Json.Arr(platforms));
        } catch (Failure refused) {
            if (refused.answered == 0) {
                throw refused;
            }
            if (refused.answered != NOT_IMPLEMENTED) {
                session.world().complain("image " + image
                    + " could not be accessed on a registry to record\nits digest. Each node will"
                    + " access " + image + " independently,\npossibly leading to different nodes"
                    + " running different\nversions of the image.\n\n");
            }
            return spec;
        }
    }

    /// The header with the credentials for the image's registry, if they are to be sent.
    static List<String> headers(Session session, Json.Obj spec, Args args) throws Failure {
        if (!args.on("with-registry-auth")) {
            return List.of();
        }
        String image = ServiceSpec.at(spec, IMAGE).asStr();
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean hosted = first.indexOf('.') >= 0 || first.indexOf(':') >= 0
            || first.equals("localhost");
        String registry = hosted ? first : DOCKER_IO;
        Json.Obj login = config(session.world()).obj("auths").obj(registry);
        String pair = new String(Base64.getDecoder().decode(login.str("auth")),
            StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        Json.Obj auth = Json.obj();
        if (colon > 0) {
            auth = auth.with("username", pair.substring(0, colon))
                .with("password", pair.substring(colon + 1)).with("serveraddress", registry);
        }
        return List.of("X-Registry-Auth", Base64.getUrlEncoder().encodeToString(
            auth.text().getBytes(StandardCharsets.UTF_8)));
    }

    private static Json.Obj config(World world) throws Failure {
        String directory = world.variable("DOCKER_CONFIG");
        String path = (directory.isEmpty() ? world.variable("HOME") + "/.docker" : directory)
            + "/config.json";
        Json.Obj config = Json.obj();
        try {
            config = Json.parse(world.file(path)).asObj();
        } catch (Failure missing) {
            return config;
        } catch (JsonException broken) {
            throw Failure.of(path + ": " + broken.getMessage());
        }
        if (!config.str("credsStore").isEmpty()) {
            throw Failure.of("--with-registry-auth: credentials are in a store that only docker"
                + " can read (credsStore in " + path + ")");
        }
        return config;
    }
}

package swarm.cli;

import swarm.json.Json;

/// `swarm ca`, `unlock` and `unlock-key`: the swarm's root certificate and the key of its managers.
final class SwarmKeys {
    static final String CA_FLAGS = """
        --ca-cert pem-file|Root certificate to use from now on
        --ca-key pem-file|Its key
        --cert-expiry duration|How long the certificates of nodes hold
        -d, --detach|Do not wait until every node has a new certificate
        --external-ca external-ca|Who signs certificates instead
        -q, --quiet|Show nothing
        --rotate|Rotate the root certificate
        """;
    private static final long POLL_MS = 200;

    private SwarmKeys() {
    }

    static void ca(Session session, Args args) throws Failure {
        for (String flag : new String[] {"cert-expiry", "external-ca", "ca-cert", "ca-key"}) {
            if (args.has(flag) && !args.on("rotate")) {
                throw Failure.of("`--" + flag
                    + "` flag requires the `--rotate` flag to update the CA");
            }
        }
        Json.Obj swarm = session.get("/swarm");
        if (args.on("rotate")) {
            Swarms.post(session, swarm, rotated(swarm.obj("Spec"), args), "");
            if (args.on("detach")) {
                return;
            }
            swarm = session.get("/swarm");
            while (swarm.bool("RootRotationInProgress")) {
                session.world().pause(POLL_MS);
                swarm = session.get("/swarm");
            }
        }
        if (!args.on("rotate") || !args.on("quiet")) {
            session.print(swarm.obj("TLSInfo").str("TrustRoot").strip() + "\n");
        }
    }

    private static Json.Obj rotated(Json.Obj spec, Args args) throws Failure {
        if (args.has("ca-cert") && !args.has("ca-key") && !args.has("external-ca")) {
            throw Failure.of("the --ca-cert flag requires that a --ca-key flag and/or "
                + "--external-ca flag be provided as well");
        }
        Json.Obj ca = spec.obj("CAConfig");
        ca = args.has("cert-expiry") ? ca.with("NodeCertExpiry", args.last("cert-expiry")) : ca;
        ca = args.has("external-ca")
            ? ca.with("ExternalCAs", new Json.Arr(args.all("external-ca"))) : ca;
        ca = args.has("ca-cert") ? ca.with("SigningCACert", args.text("ca-cert")) : ca;
        ca = args.has("ca-key") ? ca.with("SigningCAKey", args.text("ca-key")) : ca;
        return spec.with("CAConfig", ca.with("ForceRotate", ca.num("ForceRotate") + 1));
    }

    static void unlock(Session session) throws Failure {
        String state = session.get("/info").obj("Swarm").str("LocalNodeState");
        if (!state.equals("locked")) {
            throw Failure.of(state.equals("inactive") ? "Error: This node is not part of a swarm"
                : "Error: swarm is not locked");
        }
        String key = session.world().line("Enter unlock key: ");
        session.post("/swarm/unlock", Json.obj().with("UnlockKey", key));
    }

    static void unlockKey(Session session, Args args) throws Failure {
        if (args.on("rotate")) {
            Json.Obj swarm = session.get("/swarm");
            if (!swarm.obj("Spec").obj("EncryptionConfig").bool("AutoLockManagers")) {
                throw Failure.of("cannot rotate because autolock is not turned on");
            }
            Swarms.post(session, swarm, swarm.obj("Spec"), "Unlock");
            session.print(
                args.on("quiet") ? "" : "Successfully rotated manager unlock key.\n");
        }
        printKey(session, args.on("quiet"));
    }

    static void printKey(Session session, boolean alone) throws Failure {
        String key;
        try {
            key = session.get("/swarm/unlockkey").str("UnlockKey");
        } catch (Failure failure) {
            throw failure.in("could not fetch unlock key");
        }
        if (key.isEmpty()) {
            throw Failure.of("no unlock key is set");
        }
        session.print(alone ? key + "\n" : """
            To unlock a swarm manager after it restarts, run the `swarm unlock`
            command and provide the following key:

                %KEY%

            Remember to store this key in a password manager, since without it you
            will not be able to restart the manager.
            """.replace("%KEY%", key));
    }
}

package swarm.cli;

import java.util.List;
import swarm.json.Json;

/// One call of one command: its arguments, the daemon, and the world to print to.
record Session(Args args, World world, Client client) {
    Json.Obj get(String path) throws Failure {
        return client.call("GET", path, Json.NULL, List.of()).asObj();
    }

    List<Json> list(String path) throws Failure {
        return client.call("GET", path, Json.NULL, List.of()).asArr();
    }

    Json post(String path, Json body) throws Failure {
        return client.call("POST", path, body, List.of());
    }

    void print(String text) {
        world.print(text);
    }
}

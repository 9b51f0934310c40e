package swarm.node;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import swarm.api.Api;
import swarm.api.ApiAnswer;
import swarm.api.ApiRequest;
import swarm.api.Facts;
import swarm.api.Info;
import swarm.api.Messages;
import swarm.api.Route;
import swarm.http.Exchange;
import swarm.http.Handler;
import swarm.http.Headers;
import swarm.http.HttpException;
import swarm.json.Json;
import swarm.manager.ManagerOutput;

/// Docker's API on the daemon's socket: what is the swarm's is answered from the manager, the rest
/// is the engine's and handed on. Runs on each connection's own thread, which may wait.
final class ApiServer implements Handler {
    /// Docker's limit is the memory; a config may have 1,000 KiB, in base 64 and JSON.
    private static final int BODY_BYTES_MAX = 4 << 20;

    private final Lifecycle lifecycle;
    private final EngineDoor door;

    ApiServer(Lifecycle lifecycle, EngineDoor door) {
        this.lifecycle = lifecycle;
        this.door = door;
    }

    @Override public void handle(Exchange exchange) throws IOException {
        String target = exchange.request().target();
        if (!Api.owns(exchange.request().method(), exchange.request().path())) {
            door.passThrough().handle(exchange);
            return;
        }
        TreeMap<String, String> headers = new TreeMap<>();
        Headers sent = exchange.request().headers();
        for (int i = 0; i < sent.size(); i++) {
            headers.putIfAbsent(sent.nameAt(i).toLowerCase(Locale.ROOT), sent.valueAt(i));
        }
        try {
            serve(exchange, ApiRequest.of(exchange.request().method(), target, headers,
                    exchange.body(BODY_BYTES_MAX)));
        } catch (IllegalArgumentException malformed) {
            throw new HttpException(400, "malformed request target: " + malformed.getMessage());
        }
    }

    private void serve(Exchange exchange, ApiRequest request) throws IOException {
        switch (Api.route(request, door.apiVersion())) {
            case Route.Refused refused -> respond(exchange, refused.answer());
            case Route.Swarm asked -> respond(exchange, lifecycle.member()
                    .map(member -> member.answer(request, asked)).orElse(notAManager()));
            case Route.Lifecycle step -> respond(exchange, lifecycle.step(step.step()));
            case Route.Logs logs -> logs(exchange, logs.target());
            case Route.Local local -> local(exchange, local.kind());
            case Route.PassThrough _ -> door.passThrough().handle(exchange);
        }
    }

    private static ApiAnswer notAManager() {
        return ApiAnswer.error(503, Messages.NOT_A_MANAGER);
    }

    private void local(Exchange exchange, Route.Kind kind) throws IOException {
        switch (kind) {
            case PING -> ping(exchange);
            case VERSION -> respond(exchange,
                    ApiAnswer.json(200, Info.version(door.version())));
            case INFO -> respond(exchange, ApiAnswer.json(200, info()));
        }
    }

    private void ping(Exchange exchange) throws IOException {
        Headers headers = common().with("Cache-Control", "no-cache, no-store, must-revalidate")
                .with("Pragma", "no-cache").with("Content-Type", "text/plain; charset=utf-8")
                .with("Swarm", lifecycle.member().map(member -> member.manager().isPresent()
                        ? "active/manager" : "active/worker").orElse("inactive"));
        exchange.respond(200, headers, "OK".getBytes(StandardCharsets.UTF_8));
    }

    private Json info() {
        Json.Obj engine = door.info();
        Optional<Member> member = lifecycle.member();
        if (member.isEmpty()) {
            return Info.inactive(engine);
        }
        NodeState state = member.get().state();
        if (member.get().manager().isEmpty()) {
            return Info.worker(engine, state.node(), state.addr(),
                    member.get().addresses().addresses().stream()
                            .map(addr -> new Info.Remote("", addr)).toList());
        }
        ManagerPart part = member.get().manager().get();
        return part.look() instanceof ManagerOutput.Readable look
                ? Info.manager(engine, look.view(), look.facts(), state.addr())
                : Info.manager(engine, part.view(), new Facts(state.node(), Optional.empty(),
                        new TreeMap<>(), ManagerPart.MUTE, Time.wall()), state.addr());
    }

    private void respond(Exchange exchange, ApiAnswer answer) throws IOException {
        Headers headers = common().with("Content-Type", answer.contentType());
        exchange.respond(answer.status(), answer.stale().isEmpty() ? headers
                : headers.with(ApiAnswer.STALE_HEADER, answer.stale()), answer.body());
    }

    /// The headers that Docker puts on every answer.
    private Headers common() {
        return Headers.of("Api-Version", door.apiVersion()).with("Docker-Experimental", "false")
                .with("Ostype", "linux").with("Server", "swarm (linux)");
    }

    private void logs(Exchange exchange, Route.LogTarget target) throws IOException {
        Optional<ApiAnswer> refusal = lifecycle.member().isEmpty() ? Optional.of(notAManager())
                : lifecycle.member().get().logs(target, new LogClient() {
                    @Override public OutputStream begin() throws IOException {
                        return exchange.stream(200, common().with("Content-Type",
                                "application/vnd.docker.multiplexed-stream"));
                    }

                    @Override public void whenItLeaves(Runnable task) {
                        exchange.whenClientLeaves(task);
                    }

                    @Override public void end() { }
                });
        if (refusal.isPresent()) {
            respond(exchange, refusal.get());
        }
    }
}

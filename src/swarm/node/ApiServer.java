package swarm.node;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import swarm.api.Api;
import swarm.api.ApiAnswer;
import swarm.api.ApiRequest;
import swarm.api.Info;
import swarm.api.Messages;
import swarm.api.Query;
import swarm.api.Route;
import swarm.engine.Engine;
import swarm.http.Exchange;
import swarm.http.Handler;
import swarm.http.Headers;
import swarm.http.HttpException;
import swarm.json.Json;
import swarm.manager.ManagerOutput;
import swarm.model.Service;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.store.View;

/// Docker's API on the daemon's socket: what is the swarm's is answered from the manager, the rest
/// is the engine's and handed on. Runs on each connection's own thread, which may wait.
final class ApiServer implements Handler {
    /// Docker's limit is the memory; a config may have 1,000 KiB, in base 64 and JSON.
    private static final int BODY_BYTES_MAX = 4 << 20;
    /// How often a followed service's tasks are looked at for new ones.
    private static final long FOLLOW_MS = 500;

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
            case Route.Read read -> respond(exchange, read(read.query()));
            case Route.Write write -> respond(exchange, lifecycle.member()
                    .map(member -> member.write(write.deed())).orElse(notAManager()));
            case Route.Lifecycle step -> respond(exchange, lifecycle.step(step.step()));
            case Route.Logs logs -> logs(exchange, logs.target());
            case Route.Local local -> local(exchange, local.kind());
            case Route.PassThrough _ -> door.passThrough().handle(exchange);
        }
    }

    private ApiAnswer read(Query query) {
        Optional<Member> member = lifecycle.member();
        if (member.isEmpty()) {
            return notAManager();
        }
        return switch (member.get().read()) {
            case ManagerOutput.Readable read -> query.answer(read.view(), read.facts());
            case ManagerOutput.Answer refused -> refused.answer();
            case ManagerOutput.FromRaft _, ManagerOutput.Tell _, ManagerOutput.CutSnapshot _,
                 ManagerOutput.Happened _, ManagerOutput.Elsewhere _ ->
                ApiAnswer.error(500, "no answer to a read");
        };
    }

    private static ApiAnswer notAManager() {
        return ApiAnswer.error(503, Messages.NOT_A_MANAGER);
    }

    private void local(Exchange exchange, Route.Kind kind) throws IOException {
        switch (kind) {
            case PING -> ping(exchange);
            case VERSION -> respond(exchange,
                    ApiAnswer.json(200, Info.version(door.json("/version"))));
            case INFO -> respond(exchange, ApiAnswer.json(200, info()));
        }
    }

    private void ping(Exchange exchange) throws IOException {
        Headers headers = common().with("Cache-Control", "no-cache, no-store, must-revalidate")
                .with("Pragma", "no-cache").with("Content-Type", "text/plain; charset=utf-8")
                .with("Swarm", lifecycle.member().isPresent() ? "active/manager" : "inactive");
        exchange.respond(200, headers, "OK".getBytes(StandardCharsets.UTF_8));
    }

    private Json info() {
        Json.Obj engine = door.json("/info");
        Optional<Member> member = lifecycle.member();
        if (member.isEmpty()) {
            return Info.inactive(engine);
        }
        NodeState state = member.get().state();
        return switch (member.get().read()) {
            case ManagerOutput.Readable read ->
                Info.manager(engine, read.view(), read.facts(), state.addr());
            case ManagerOutput.Answer _, ManagerOutput.FromRaft _, ManagerOutput.Tell _,
                 ManagerOutput.CutSnapshot _, ManagerOutput.Happened _, ManagerOutput.Elsewhere _ ->
                Info.pending(engine, state.node(), state.addr(), "no leader is known now");
        };
    }

    private void respond(Exchange exchange, ApiAnswer answer) throws IOException {
        exchange.respond(answer.status(), common().with("Content-Type", answer.contentType()),
                answer.body());
    }

    /// The headers that Docker puts on every answer.
    private Headers common() {
        return Headers.of("Api-Version", door.apiVersion()).with("Docker-Experimental", "false")
                .with("Ostype", "linux").with("Server", "swarm (linux)");
    }

    private void logs(Exchange exchange, Route.LogTarget target) throws IOException {
        switch (member().read()) {
            case ManagerOutput.Readable read -> {
                List<Task> tasks = tasks(read.view(), target);
                OutputStream client = exchange.stream(200, common().with("Content-Type",
                        "application/vnd.docker.multiplexed-stream"));
                Engine.LogRequest request = new Engine.LogRequest(target.stdout(),
                        target.stderr(), target.follow(), target.timestamps(), target.since(),
                        target.until(), target.tail(), target.details());
                boolean terminal = tasks.stream().anyMatch(t -> t.spec().container().tty());
                ServiceLogs logs = new ServiceLogs(door.engine(), request, client, !terminal);
                logs.add(tasks);
                if (target.follow()) {
                    follow(exchange, target, logs);
                } else {
                    logs.join();
                }
            }
            case ManagerOutput.Answer refused -> respond(exchange, refused.answer());
            case ManagerOutput.FromRaft _, ManagerOutput.Tell _, ManagerOutput.CutSnapshot _,
                 ManagerOutput.Happened _, ManagerOutput.Elsewhere _ ->
                throw new HttpException(500, "no answer to a read");
        }
    }

    /// Until the client leaves or what it follows is gone, looks for new tasks.
    private void follow(Exchange exchange, Route.LogTarget target, ServiceLogs logs)
            throws IOException {
        Left left = new Left();
        exchange.whenClientLeaves(left::leave);
        while (!left.within(FOLLOW_MS)) {
            if (!(member().read() instanceof ManagerOutput.Readable read)) {
                return;
            }
            try {
                logs.add(tasks(read.view(), target));
            } catch (HttpException gone) {
                logs.join();
                return;
            }
        }
    }

    private Member member() throws IOException {
        return lifecycle.member()
                .orElseThrow(() -> new HttpException(503, Messages.NOT_A_MANAGER));
    }

    private static List<Task> tasks(View view, Route.LogTarget target) throws IOException {
        if (target.task()) {
            return List.of(view.task(new TaskId(target.id())).orElseThrow(
                    () -> new HttpException(404, "task " + target.id() + " not found")));
        }
        Service service = Api.service(view, target.id()).orElseThrow(
                () -> new HttpException(404, "service " + target.id() + " not found"));
        return view.tasksOf(service.id());
    }

    /// Whether the client has gone, and a wait for it.
    private static final class Left {
        /// Set once, by the connection's reader.
        private boolean gone;

        synchronized void leave() {
            gone = true;
            notifyAll();
        }

        synchronized boolean within(long ms) throws IOException {
            try {
                long until = Time.now() + ms;
                for (long now = Time.now(); !gone && now < until; now = Time.now()) {
                    wait(until - now);
                }
                return gone;
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }
}

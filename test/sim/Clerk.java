package sim;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import swarm.api.Api;
import swarm.api.ApiAnswer;
import swarm.api.ApiRequest;
import swarm.api.Deed;
import swarm.api.Route;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.store.View;
import swarm.wire.Protocol;

/// What a daemon does with requests, as `node.Member` and `node.Desk` do it: a manager answers, or
/// says which one leads; the first one asks there, again and again under the same id while there is
/// time; one that is asked by another hands nothing on.
final class Clerk {
    static final String VERSION = "1.41";
    private static final long TRY_MS = 2_500;
    /// Longer than a write is tried: whoever asked for a seat must know which one it is.
    private static final long JOIN_MS = 12_000;
    private static final long DIAL_MS = 1_000;
    private static final long RETRY_MS = 50;

    private Clerk() { }

    /// What one manager says to another, or to a node.
    sealed interface Reply permits Answered, Elsewhere, Leaderless, Members.Joined { }

    record Answered(ApiAnswer answer) implements Reply { }

    record Elsewhere(String addr) implements Reply { }

    /// No leader could be asked: nobody has done or will do anything about it.
    record Leaderless(ApiAnswer answer) implements Reply { }

    /// A client's request, from the moment it came until it is answered.
    private record Case(Machine machine, String requestId, ApiRequest request, Route.Swarm route,
            long deadlineMs, Consumer<ApiAnswer> done) { }

    /// Answers a client of this machine's daemon.
    static void serve(Machine machine, String requestId, ApiRequest request,
            Consumer<ApiAnswer> done) {
        if (machine.manager().isEmpty()) {
            done.accept(ApiAnswer.error(503, "not a manager"));
            return;
        }
        switch (Api.route(request, VERSION)) {
            case Route.Refused refused -> done.accept(refused.answer());
            case Route.Swarm route -> attempt(new Case(machine, requestId, request, route,
                    machine.clock.nowMs() + Manager.WRITE_MS, done));
            case Route other -> throw new Violation("not for a user of the world: " + other);
        }
    }

    private static void attempt(Case asked) {
        Machine machine = asked.machine;
        here(machine, asked.requestId, asked.route, reply -> {
            switch (reply) {
                case Answered answered -> asked.done.accept(answered.answer);
                case Leaderless none -> asked.done.accept(none.answer);
                case Elsewhere elsewhere -> ask(machine, elsewhere.addr, Protocol.ASK,
                        (at, back) -> handle(at, asked.requestId, asked.request, back),
                        there -> {
                            if (there instanceof Answered answered) {
                                asked.done.accept(answered.answer);
                            } else if (machine.clock.nowMs() >= asked.deadlineMs) {
                                asked.done.accept(Manager.outcomeUnknown(""));
                            } else {
                                machine.later(RETRY_MS * 1000, () -> attempt(asked));
                            }
                        });
                case Members.Joined other -> throw new Violation("no answer: " + other);
            }
        });
    }

    /// This machine's own manager.
    private static void here(Machine machine, String requestId, Route.Swarm route,
            Consumer<Reply> back) {
        switch (route) {
            case Route.Read read -> read(machine, view -> new Answered(
                    read.query().answer(view.view(), view.facts())), back);
            case Route.Write write -> write(machine, requestId, write.deed(), back);
            case Route.Stale other ->
                throw new Violation("not for a user of the world: " + other);
        }
    }

    private static void handle(Machine at, String requestId, ApiRequest request,
            Consumer<Reply> back) {
        if (Api.route(request, VERSION) instanceof Route.Swarm route) {
            here(at, requestId, route, reply -> back.accept(
                    reply instanceof Leaderless ? new Elsewhere("") : reply));
        }
    }

    /// What is told of a view.
    interface Reading {
        Reply of(ManagerOutput.Readable readable);
    }

    static void read(Machine at, Reading reading, Consumer<Reply> back) {
        at.manager().ifPresent(manager -> manager.ask(ManagerInput.Read::new, output ->
                back.accept(output instanceof ManagerOutput.Readable readable
                        ? reading.of(readable) : plain(output))));
    }

    static void write(Machine at, String requestId, Deed deed, Consumer<Reply> back) {
        at.manager().ifPresent(manager -> manager.ask(
                token -> new ManagerInput.Write(token, requestId, deed), output -> {
                    at.world.oracle.answered(requestId, output);
                    back.accept(plain(output));
                }));
    }

    private static Reply plain(ManagerOutput output) {
        return switch (output) {
            case ManagerOutput.Answer answer -> new Answered(answer.answer());
            case ManagerOutput.Elsewhere elsewhere -> new Elsewhere(elsewhere.addr());
            case ManagerOutput.Leaderless none -> new Leaderless(none.answer());
            case ManagerOutput other -> throw new Violation("no answer: " + other);
        };
    }

    /// What happens at the manager that is asked.
    interface Question {
        void at(Machine machine, Consumer<Reply> back);
    }

    /// Asks the manager at an address; no answer in time is as good as Elsewhere.
    static void ask(Machine from, String addr, Protocol protocol, Question question,
            Consumer<Reply> done) {
        long replyMs = protocol == Protocol.JOIN ? JOIN_MS : TRY_MS;
        boolean[] over = {false};
        Consumer<Reply> once = reply -> {
            if (!over[0]) {
                over[0] = true;
                done.accept(reply);
            }
        };
        if (addr.isEmpty()) {
            once.accept(new Elsewhere(""));
            return;
        }
        from.world.lines.dial(from, addr, protocol, DIAL_MS, new Lines.Dialled() {
            @Override public void connected(Connection connection) {
                connection.endedAtDialler = () -> once.accept(new Elsewhere(""));
                from.later(replyMs * 1000, () -> once.accept(new Elsewhere("")));
                connection.say(true, () -> question.at(connection.listener, reply ->
                        connection.say(false, () -> {
                            connection.close(true);
                            once.accept(reply);
                        })));
            }

            @Override public void failed(boolean refused) {
                once.accept(new Elsewhere(""));
            }
        });
    }

    static List<Machine.Known> managers(View view) {
        return view.nodes().stream().flatMap(node -> node.manager().stream())
                .map(seat -> new Machine.Known(seat.raftId(), seat.addr())).toList();
    }

    /// The seat of a node in a view.
    static Optional<Long> seat(View view, Machine machine) {
        return view.node(machine.node).flatMap(node -> node.manager())
                .map(manager -> manager.raftId());
    }
}

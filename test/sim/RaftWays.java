package sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.manager.ManagerInput;
import swarm.raft.Configuration;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.MessageCodec;
import swarm.raft.RaftEvent;
import swarm.raft.RaftInput;
import swarm.wire.Protocol;

/// One manager's connections to the other members, as the daemon keeps them: one-way, dialled when
/// there is something to say, and again when it ended or the other end does not say that it hears;
/// what waits when a dial fails is lost.
final class RaftWays {
    private static final int QUEUE_MAX = 4_096;
    private static final long SILENT_MS = 1_500;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long DIAL_MS = 1_000;
    private static final long RETRY_MS = 50;
    private static final long RETRY_MAX_MS = 400;

    private final SimManager self;
    private final TreeMap<MemberId, Way> ways = new TreeMap<>();
    /// Where members said that they are.
    private final TreeMap<MemberId, String> said = new TreeMap<>();

    RaftWays(SimManager self) {
        this.self = self;
    }

    /// To one member.
    private static final class Way {
        Optional<Connection> connection = Optional.empty();
        boolean dialling;
        long retryMs = RETRY_MS;
        /// Since when what is said was not answered, and when something was said last.
        long unheardMs = NEVER;
        long spokeMs;
        final List<byte[]> queue = new ArrayList<>();
    }

    private long now() {
        return self.machine.world.ms();
    }

    void send(MemberId to, Message message) {
        Way way = ways.computeIfAbsent(to, _ -> new Way());
        if (way.queue.size() < QUEUE_MAX) {
            way.queue.add(MessageCodec.encode(message));
        }
        pump(to, way);
    }

    private void pump(MemberId to, Way way) {
        if (way.connection.isPresent()) {
            Connection connection = way.connection.get();
            if (way.unheardMs == NEVER || now() - way.spokeMs > SILENT_MS) {
                way.unheardMs = now();
            }
            way.spokeMs = now();
            way.queue.forEach(bytes -> connection.say(true, () -> arrive(way, connection, bytes)));
            way.queue.clear();
            if (now() - way.unheardMs > SILENT_MS) {
                way.connection = Optional.empty();
                connection.close(true);
            }
        } else if (!way.dialling) {
            dial(to, way);
        }
    }

    private void dial(MemberId to, Way way) {
        Optional<String> addr = addr(to);
        way.dialling = true;
        if (addr.isEmpty()) {
            failed(way);
            return;
        }
        self.machine.world.lines.dial(self.machine, addr.get(), Protocol.RAFT, DIAL_MS,
                new Lines.Dialled() {
                    @Override public void connected(Connection connection) {
                        way.dialling = false;
                        if (connection.listener.manager().filter(other ->
                                other.member.equals(to)).isEmpty() || ways.get(to) != way) {
                            connection.close(true);
                            RaftWays.this.failed(way);
                            return;
                        }
                        way.connection = Optional.of(connection);
                        way.unheardMs = NEVER;
                        way.retryMs = RETRY_MS;
                        connection.endedAtDialler = () -> {
                            if (way.connection.equals(Optional.of(connection))) {
                                way.connection = Optional.empty();
                            }
                        };
                        RaftWays accepting =
                                connection.listener.manager().orElseThrow().raft;
                        MemberId member = self.member;
                        accepting.said.put(member, self.machine.addr());
                        connection.endedAtListener = () -> accepting.closed(member);
                        pump(to, way);
                    }

                    @Override public void failed(boolean refused) {
                        RaftWays.this.failed(way);
                    }
                });
    }

    private void failed(Way way) {
        way.queue.clear();
        self.machine.later(way.retryMs * 1000, () -> way.dialling = false);
        way.retryMs = Math.min(2 * way.retryMs, RETRY_MAX_MS);
        way.dialling = true;
    }

    /// At the other end, which says that it hears.
    private void arrive(Way way, Connection connection, byte[] bytes) {
        MemberId from = self.member;
        connection.say(false, () -> way.unheardMs = NEVER);
        connection.listener.manager().ifPresent(other -> other.raft.hear(from, bytes));
    }

    private void hear(MemberId from, byte[] bytes) {
        try {
            tell(new RaftInput.Received(from, MessageCodec.decode(bytes)));
        } catch (MessageCodec.MalformedMessage e) {
            throw new Violation("what was encoded cannot be decoded: " + e.getMessage());
        }
    }

    private void closed(MemberId peer) {
        tell(new RaftInput.PeerClosed(peer));
    }

    private void tell(RaftInput input) {
        self.put(new ManagerInput.ToRaft(input));
    }

    void dialOnce(MemberId peer) {
        addr(peer).ifPresent(addr -> self.machine.world.lines.dial(self.machine, addr,
                Protocol.RAFT, DIAL_MS, new Lines.Dialled() {
                    @Override public void connected(Connection connection) {
                        connection.close(true);
                    }

                    @Override public void failed(boolean refused) {
                        if (refused) {
                            tell(new RaftInput.PeerRefused(peer));
                        }
                    }
                }));
    }

    private Optional<String> addr(MemberId member) {
        return self.machine.book.stream().filter(known -> known.raftId() == member.number())
                .map(Machine.Known::addr).findFirst()
                .or(() -> Optional.ofNullable(said.get(member)));
    }

    /// Whoever is no member any more is spoken to no more.
    void happened(RaftEvent event) {
        if (event instanceof RaftEvent.ConfigurationChanged(long _, Configuration members)) {
            for (MemberId member : List.copyOf(ways.keySet())) {
                if (!members.contains(member)) {
                    ways.remove(member).connection.ifPresent(gone -> {
                        gone.endedAtListener = () -> { };
                        gone.close(true);
                    });
                }
            }
        }
    }
}

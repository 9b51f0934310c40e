package swarm.node;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import swarm.disk.StateFiles;
import swarm.json.Audience;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.node.Question.Known;
import swarm.raft.MemberId;

/// Where the managers are, as this node heard last, kept across restarts: a worker finds its way
/// back with it, and managers that all start again find one another before any of them leads.
final class AddressBook {
    private static final String FILE = "managers.json";

    private final StateFiles files;
    private final EventLog log;
    /// What the file holds; replaced as a whole.
    private volatile List<Known> managers;

    private record Page(List<Known> managers) { }

    private AddressBook(StateFiles files, EventLog log, List<Known> managers) {
        this.files = files;
        this.log = log;
        this.managers = managers;
    }

    /// The book in the state directory, empty if there is none.
    static AddressBook open(StateFiles files, EventLog log) throws IOException {
        Optional<byte[]> saved = files.read(FILE);
        try {
            return new AddressBook(files, log, saved.isEmpty() ? List.of()
                    : RecordCodec.fromBytes(Page.class, saved.get()).managers());
        } catch (JsonException e) {
            throw new IOException("the state directory's " + FILE + " is damaged ("
                    + e.getMessage() + "); restore it from a copy, or move the directory away "
                    + "to start anew", e);
        }
    }

    /// Where a member of raft listens.
    Optional<String> of(MemberId member) {
        return managers.stream().filter(known -> known.raftId() == member.number())
                .map(Known::addr).findFirst();
    }

    List<Known> managers() {
        return managers;
    }

    List<String> addresses() {
        return managers.stream().map(Known::addr).toList();
    }

    /// These are all managers now. An empty list says nothing: nobody would be left to ask.
    synchronized void replace(List<Known> now) {
        if (!now.isEmpty() && !now.equals(managers)) {
            managers = List.copyOf(now);
            try {
                files.replace(FILE, RecordCodec.toBytes(new Page(managers), Audience.LOG));
            } catch (IOException e) {
                log.trouble("the managers' addresses could not be saved", e);
            }
        }
    }
}

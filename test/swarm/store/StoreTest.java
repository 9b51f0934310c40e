package swarm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import sim.Objects;
import swarm.json.JsonException;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceSpec;
import swarm.model.StoredObject;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.Version;

/// The replicated store. The subjects are those of swarmkit's store tests (TestStoreService,
/// TestStoreNode, TestStoreTask, TestVersion, TestTimestamps, TestFailedTransaction,
/// TestStoreSaveRestore), and that a write sent twice is done once.
class StoreTest {
    private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATE = Instant.parse("2026-01-02T00:00:00Z");

    private View view = View.empty();
    private List<StoreEvent> events = List.of();

    @Test
    void writesSetVersionAndTimes() {
        apply(3, EARLY, Transaction.of(new Change.Create(task("t1"))));
        assertEquals(new Version(3), stored("t1").version());
        assertEquals(List.of(EARLY, EARLY),
                List.of(stored("t1").createdAt(), stored("t1").updatedAt()));
        apply(8, LATE, Transaction.of(new Change.Update(
                stored("t1").withDesired(TaskState.SHUTDOWN))));
        assertEquals(new Version(8), stored("t1").version());
        assertEquals(List.of(EARLY, LATE),
                List.of(stored("t1").createdAt(), stored("t1").updatedAt()));
        assertEquals(8, view.index());
    }

    @Test
    void oldVersionIsOutOfSequence() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        Task old = stored("t1");
        apply(2, EARLY, Transaction.of(new Change.Update(old.withDesired(TaskState.READY))));
        refused(Outcome.Reason.OUT_OF_SEQUENCE, new Change.Update(old));
        refused(Outcome.Reason.OUT_OF_SEQUENCE, Change.Delete.of(old));
        assertEquals(new Version(2), stored("t1").version());
    }

    @Test
    void unknownAndDoubleAreRefused() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        refused(Outcome.Reason.EXISTS, new Change.Create(task("t1")));
        refused(Outcome.Reason.NOT_FOUND, new Change.Update(task("t2")));
        refused(Outcome.Reason.NOT_FOUND, Change.Delete.of(task("t2")));
        apply(2, EARLY, Transaction.of(new Change.Create(Objects.node("t1", Node.State.READY))));
        assertTrue(view.node(new NodeId("t1")).isPresent(), "ids are of one kind each");
    }

    @Test
    void namesAreTakenWhateverTheirCase() {
        apply(1, EARLY, Transaction.of(new Change.Create(service("s1", "Web"))));
        apply(2, EARLY, Transaction.of(new Change.Create(service("s2", "db"))));
        refused(Outcome.Reason.NAME_TAKEN, new Change.Create(service("s3", "wEB")));
        Service other = view.serviceNamed("DB").orElseThrow();
        refused(Outcome.Reason.NAME_TAKEN, new Change.Update(named(other, "WEB")));
        apply(4, EARLY, Transaction.of(new Change.Update(named(other, "Db"))));
        assertEquals("Db", view.serviceNamed("db").orElseThrow().spec().name());
        apply(5, EARLY, Transaction.of(new Change.Update(
                named(view.serviceNamed("db").orElseThrow(), "cache"))));
        assertEquals(Optional.empty(), view.serviceNamed("db"));
        apply(6, EARLY, Transaction.of(new Change.Create(service("s3", "db"))));
    }

    @Test
    void transactionHappensWhollyOrNotAtAll() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        List<Outcome> outcomes = apply(2, EARLY,
                Transaction.of(List.of(new Change.Create(task("t2")),
                        Change.Delete.of(stored("t1")), new Change.Update(task("t9")))),
                Transaction.of(new Change.Create(task("t3"))));
        assertEquals(new Outcome.Refused(Outcome.Reason.NOT_FOUND, "t9"), outcomes.get(0));
        assertEquals(new Outcome.Done(""), outcomes.get(1));
        assertEquals(List.of("t1", "t3"), ids(view.tasks()));
        assertEquals(List.of(new StoreEvent.Created(stored("t3"))), events);
    }

    @Test
    void changesOfOneTransactionSeeEachOther() {
        apply(1, EARLY, Transaction.of(List.of(new Change.Create(task("t1")),
                new Change.Delete(StoredObject.Kind.TASK, "t1", new Version(1)),
                new Change.Create(task("t1").withDesired(TaskState.READY)))));
        assertEquals(TaskState.READY, stored("t1").desiredState());
        assertEquals(3, events.size());
    }

    @Test
    void eventsTellBeforeAndAfter() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        Task before = stored("t1");
        apply(2, EARLY, Transaction.of(new Change.Update(before.withDesired(TaskState.READY))));
        assertEquals(List.of(new StoreEvent.Updated(before, stored("t1"))), events);
        Task last = stored("t1");
        apply(3, EARLY, Transaction.of(Change.Delete.of(last)));
        assertEquals(List.of(new StoreEvent.Deleted(last)), events);
    }

    @Test
    void requestSentTwiceIsDoneOnceAndAnsweredAlike() {
        Transaction write = new Transaction("r1", List.of(new Change.Create(task("t1"))), "made");
        assertEquals(List.of(new Outcome.Done("made")), apply(1, EARLY, write));
        assertEquals(List.of(new Outcome.Done("made")), apply(2, EARLY, write));
        assertEquals(List.of(), events);
        Transaction wrong = new Transaction("r2", List.of(new Change.Create(task("t1"))), "made");
        Outcome refused = new Outcome.Refused(Outcome.Reason.EXISTS, "t1");
        assertEquals(List.of(refused), apply(3, EARLY, wrong));
        apply(4, EARLY, Transaction.of(Change.Delete.of(stored("t1"))));
        assertEquals(List.of(refused), apply(5, EARLY, wrong), "a refusal is an answer too");
        assertEquals(Optional.of(refused), view.answer("r2"));
    }

    @Test
    void twiceInOneCommandIsDoneOnce() {
        Transaction write = new Transaction("r1", List.of(new Change.Create(task("t1"))), "made");
        assertEquals(List.of(new Outcome.Done("made"), new Outcome.Done("made")),
                apply(1, EARLY, write, write));
        assertEquals(1, events.size());
    }

    @Test
    void loopsTransactionsLeaveNoAnswer() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        apply(2, EARLY, Transaction.of(new Change.Create(task("t2"))));
        assertEquals(List.of("t1", "t2"), ids(view.tasks()));
        assertEquals(Optional.empty(), view.answer(""));
    }

    @Test
    void onlyTheLastAnswersAreKept() {
        Answers answers = Answers.none();
        for (int i = 0; i < Answers.KEPT + 5; i++) {
            answers = answers.with("r" + i, new Outcome.Done("" + i));
        }
        assertEquals(Optional.empty(), answers.find("r4"));
        assertEquals(Optional.of(new Outcome.Done("5")), answers.find("r5"));
        assertEquals(Answers.KEPT, answers.all().size());
    }

    @Test
    void tasksAreFoundByServiceAndByNode() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        apply(2, EARLY, Transaction.of(new Change.Create(Objects.task("t2", "n2", "run"))));
        assertEquals(List.of("t1"), ids(view.tasksOn(new NodeId("n1"))));
        assertEquals(List.of("t1", "t2"), ids(view.tasksOf(new ServiceId("service"))));
        apply(3, EARLY, Transaction.of(new Change.Update(
                stored("t1").withNode(new NodeId("n2")))));
        assertEquals(List.of(), ids(view.tasksOn(new NodeId("n1"))));
        assertEquals(List.of("t1", "t2"), ids(view.tasksOn(new NodeId("n2"))));
        apply(4, EARLY, Transaction.of(Change.Delete.of(stored("t1"))));
        assertEquals(List.of("t2"), ids(view.tasksOn(new NodeId("n2"))));
        assertEquals(List.of("t2"), ids(view.tasksOf(new ServiceId("service"))));
        assertEquals(List.of(), view.tasksOf(new ServiceId("servic")), "no prefix of another's");
    }

    @Test
    void heldViewStaysAsItWas() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        View held = view;
        apply(2, LATE, Transaction.of(Change.Delete.of(stored("t1"))));
        assertEquals(1, held.taskCount());
        assertEquals(0, view.taskCount());
        assertEquals(1, held.index());
    }

    @Test
    void entryWithoutACommandMovesTheIndexAlone() {
        apply(1, EARLY, Transaction.of(new Change.Create(task("t1"))));
        view = Store.skip(view, 2);
        assertEquals(2, view.index());
        assertEquals(1, view.taskCount());
    }

    /// Replicas agree: bytes of the same commands give the same view, and so does a snapshot.
    @Test
    void replayAndSnapshotGiveTheSameView() throws JsonException {
        for (int seed = 0; seed < 10; seed++) {
            Random chance = new Random(seed);
            View replica = View.empty();
            view = View.empty();
            for (int index = 1; index <= 200; index++) {
                Command command = random(chance, index);
                view = Store.apply(view, index, command).view();
                replica = Store.apply(replica, index, Command.fromBytes(command.toBytes())).view();
                if (chance.nextInt(50) == 0) {
                    replica = Snapshot.read(Snapshot.write(replica));
                }
            }
            assertEquals(texts(Snapshot.write(view)), texts(Snapshot.write(replica)),
                    "seed " + seed);
            assertEquals(ids(view.tasksOn(new NodeId("n1"))),
                    ids(replica.tasksOn(new NodeId("n1"))));
            assertEquals(view.answer("r7"), replica.answer("r7"));
            assertEquals(200, replica.index());
        }
    }

    private Command random(Random chance, int index) {
        List<Transaction> transactions = new ArrayList<>();
        for (int i = 0; i <= chance.nextInt(3); i++) {
            String id = "t" + chance.nextInt(20);
            List<Change> changes = new ArrayList<>();
            changes.add(switch (chance.nextInt(4)) {
                case 0 -> new Change.Create(Objects.task(id, "n" + chance.nextInt(3), "run"));
                case 1 -> new Change.Create(service("s" + chance.nextInt(9), "w" + id));
                case 2 -> view.task(new TaskId(id)).<Change>map(Change.Delete::of)
                        .orElseGet(() -> new Change.Update(task(id)));
                default -> view.task(new TaskId(id)).<Change>map(task ->
                        new Change.Update(task.withDesired(TaskState.SHUTDOWN)))
                        .orElseGet(() -> new Change.Create(task(id)));
            });
            transactions.add(new Transaction(chance.nextBoolean() ? "" : "r" + chance.nextInt(50),
                    changes, "answer " + index));
        }
        return new Command(EARLY.plusSeconds(index), transactions);
    }

    private List<Outcome> apply(long index, Instant at, Transaction... transactions) {
        Store.Applied applied = Store.apply(view, index, new Command(at, List.of(transactions)));
        view = applied.view();
        events = applied.events();
        return applied.outcomes();
    }

    private void refused(Outcome.Reason reason, Change change) {
        View before = view;
        Outcome outcome = apply(view.index() + 1, LATE, Transaction.of(change)).getFirst();
        assertEquals(reason, ((Outcome.Refused) outcome).reason());
        assertEquals(List.of(), events);
        view = before;
    }

    private Task stored(String id) {
        return view.task(new TaskId(id)).orElseThrow();
    }

    private static Task task(String id) {
        return Objects.task(id, "n1", "run");
    }

    private static Service service(String id, String name) {
        return new Service(new ServiceId(id), Version.NONE, Instant.EPOCH, Instant.EPOCH,
                new ServiceSpec(name, new TreeMap<>(), task("t").spec(), Optional.empty(),
                        Optional.empty(), Optional.empty(), Optional.empty()), Optional.empty(),
                Service.Endpoint.NONE, Optional.empty(), Optional.empty(), Version.NONE);
    }

    private static Service named(Service service, String name) {
        return service.withSpec(service.spec().withName(name), service.endpoint());
    }

    private static List<String> ids(List<Task> tasks) {
        return tasks.stream().map(task -> task.id().text()).toList();
    }

    private static List<String> texts(List<byte[]> parts) {
        return parts.stream().map(part ->
                new String(part, java.nio.charset.StandardCharsets.UTF_8)).toList();
    }
}

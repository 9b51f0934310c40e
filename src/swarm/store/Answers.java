package swarm.store;

import java.util.List;
import java.util.Optional;

/// The outcomes of the last clients' writes by request id, so that a write sent twice is done once.
/// Part of the replicated state, and so of the snapshot: a leader elected later answers alike.
public final class Answers {
    /// How many are kept: a client gives up after 10 s, and no leader here takes 1,000 writes a
    /// second from clients.
    static final int KEPT = 10_000;

    /// One write's outcome; `number` counts the writes and orders them by age.
    public record Answer(long number, String requestId, Outcome outcome) { }

    private final Table<String, Answer> byRequest;
    private final Table<Long, Answer> byAge;
    private final long next;

    private Answers(Table<String, Answer> byRequest, Table<Long, Answer> byAge, long next) {
        this.byRequest = byRequest;
        this.byAge = byAge;
        this.next = next;
    }

    /// No write yet.
    static Answers none() {
        return new Answers(Table.empty(), Table.empty(), 1);
    }

    /// What became of a request.
    public Optional<Outcome> find(String requestId) {
        return byRequest.find(requestId).map(Answer::outcome);
    }

    /// These and one more; the oldest goes when there are too many.
    Answers with(String requestId, Outcome outcome) {
        return with(new Answer(next, requestId, outcome));
    }

    private Answers with(Answer answer) {
        Table<String, Answer> requests = byRequest.with(answer.requestId(), answer);
        Table<Long, Answer> ages = byAge.with(answer.number(), answer);
        if (ages.size() > KEPT) {
            Answer oldest = ages.iterator().next();
            requests = requests.without(oldest.requestId());
            ages = ages.without(oldest.number());
        }
        return new Answers(requests, ages, answer.number() + 1);
    }

    /// All, oldest first, for a snapshot.
    List<Answer> all() {
        return byAge.values();
    }

    /// As read from a snapshot.
    static Answers of(List<Answer> all) {
        Answers answers = none();
        for (Answer answer : all) {
            answers = answers.with(answer);
        }
        return answers;
    }
}

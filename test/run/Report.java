package run;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// What a run of tests tells its reader, and the plain line that closes it.
///
/// The idea: silence for what passes, everything at once for what fails, the reason for what is
/// skipped, and the slowest tests, so that a suite that grows slow shows where. Where a second look
/// is taken, what then passes is shown as flaky, with its first failure whole.
///
/// Leaves to others: which tests run (`Run`), how one is run again (`SecondLook`).
/// Invariants: a test is counted once, in one of passed, failed, skipped; a flaky one passed; a
/// container that fails (a class that cannot be set up) counts as one test.
final class Report implements TestExecutionListener {
    private static final int SLOWEST = 8;
    /// More failures than this in one run are no accident.
    private static final int FLAKY_MAX = 3;

    private record Took(String name, long ms) {
    }

    /// Something that failed: JUnit's unique id, by which it is found again, and the reason.
    private record Failure(String id, String name, String trace) {
    }

    private final Map<String, Long> startedNs = new ConcurrentHashMap<>();
    private final List<Took> passed = new ArrayList<>();
    private final List<Failure> failed = new ArrayList<>();
    private final List<Failure> flaky = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    /// The plan now executed, for the names of a test's parents; set when a pass begins.
    private TestPlan plan;

    @Override
    public synchronized void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        startedNs.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier test, String reason) {
        long tests = plan.getDescendants(test).stream().filter(TestIdentifier::isTest).count();
        for (long i = 0; i < Math.max(1, tests); i++) {
            skipped.add(name(test) + ": " + reason);
        }
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == Status.SUCCESSFUL) {
            if (test.isTest()) {
                long ns = System.nanoTime() - startedNs.get(test.getUniqueId());
                passed.add(new Took(name(test), ns / 1_000_000));
            }
        } else if (result.getStatus() == Status.ABORTED) {
            skipped.add(name(test) + ": " + result.getThrowable().map(Throwable::getMessage)
                    .orElse("no reason given"));
        } else {
            StringWriter trace = new StringWriter();
            result.getThrowable().ifPresent(e -> e.printStackTrace(new PrintWriter(trace, true)));
            failed.add(new Failure(test.getUniqueId(), name(test), trace.toString()));
            System.out.print("failed: " + name(test) + "\n" + trace);
        }
    }

    /// Runs what failed once more, unless that is too much to be bad luck.
    void lookAgain() throws IOException, InterruptedException {
        if (failed.size() > FLAKY_MAX) {
            return;
        }
        for (Failure failure : List.copyOf(failed)) {
            System.out.println("a second look at " + failure.name);
            if (SecondLook.passes(failure.id)) {
                failed.remove(failure);
                flaky.add(failure);
            }
        }
    }

    /// Whether at least one test ran and none failed.
    boolean green() {
        return failed.isEmpty() && passed.size() + flaky.size() > 0;
    }

    void print(PrintWriter out) {
        passed.sort(Comparator.comparingLong(Took::ms).reversed());
        out.println("slowest:");
        passed.stream().limit(SLOWEST).forEach(t -> out.println("  " + t.ms + " ms  " + t.name));
        skipped.forEach(name -> out.println("SKIPPED " + name));
        flaky.forEach(failure -> out.print("FLAKY " + failure.name + "\n" + failure.trace));
        failed.forEach(failure -> out.println("FAILED " + failure.name));
        out.println(passed.size() + flaky.size() + " passed, " + failed.size() + " failed, "
                + skipped.size() + " skipped");
    }

    private String name(TestIdentifier test) {
        String own = test.getDisplayName();
        return plan.getParent(test).filter(parent -> parent.getParentId().isPresent())
                .map(parent -> name(parent) + "." + own).orElse(own);
    }
}

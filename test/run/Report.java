package run;

import java.io.PrintWriter;
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
/// skipped, and the slowest tests, so that a suite that grows slow shows where.
///
/// Leaves to others: which tests run (`Run`).
/// Invariants: a test is counted once, in one of passed, failed, skipped; a container that fails
/// (a class that cannot be set up) counts as one failed test.
final class Report implements TestExecutionListener {
    private static final int SLOWEST = 8;

    private record Took(String name, long ms) {
    }

    private final Map<String, Long> startedNs = new ConcurrentHashMap<>();
    private final List<Took> passed = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
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
            failed.add(name(test));
            System.out.println("FAILED " + name(test));
            result.getThrowable().ifPresent(cause -> cause.printStackTrace(System.out));
        }
    }

    /// Prints the whole; true when at least one test ran and none failed.
    boolean print(PrintWriter out) {
        passed.sort(Comparator.comparingLong(Took::ms).reversed());
        out.println("slowest:");
        passed.stream().limit(SLOWEST).forEach(t -> out.println("  " + t.ms + " ms  " + t.name));
        skipped.forEach(name -> out.println("SKIPPED " + name));
        failed.forEach(name -> out.println("FAILED " + name));
        out.println(passed.size() + " passed, " + failed.size() + " failed, "
                + skipped.size() + " skipped");
        return failed.isEmpty() && !passed.isEmpty();
    }

    private String name(TestIdentifier test) {
        String own = test.getDisplayName();
        return plan.getParent(test).filter(parent -> parent.getParentId().isPresent())
                .map(parent -> name(parent) + "." + own).orElse(own);
    }
}

package sim;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import swarm.raft.ConfigurationTest;
import swarm.raft.DissertationTest;
import swarm.raft.PaperTest;
import swarm.raft.RaftLogTest;

/// Looks at one planted bug from inside its class loader, and says who noticed it.
public final class Jury {
    private static final long SECONDS = 100;

    private Jury() {}

    /// The first seed that fails and how, else the first test, else nothing.
    public static String judge(int seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            try {
                new RaftWorld(seed).run(SECONDS);
            } catch (RuntimeException e) {
                return "seed " + seed + " | " + (e instanceof Violation ? e.getMessage() : e);
            }
        }
        List<String> failed = failedTests();
        return failed.isEmpty() ? "" : "test " + String.join(", ", failed);
    }

    private static List<String> failedTests() {
        DiscoverySelector[] classes = {selectClass(PaperTest.class),
            selectClass(DissertationTest.class), selectClass(RaftLogTest.class),
            selectClass(ConfigurationTest.class), selectClass(RaftScenarioTest.class)};
        LauncherDiscoveryRequest request =
            LauncherDiscoveryRequestBuilder.request().selectors(classes).build();
        List<String> failed = new ArrayList<>();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override public void executionFinished(TestIdentifier test,
                    TestExecutionResult result) {
                if (test.isTest()
                    && result.getStatus() == TestExecutionResult.Status.FAILED) {
                    failed.add(test.getDisplayName());
                }
            }
        });
        return failed;
    }
}

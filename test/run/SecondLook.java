package run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A second look at a test that failed: alone, in a JVM of its own.
///
/// The idea: a busy machine must not turn a long run red, and an unsound test must not hide. What
/// passes alone is called flaky, in the open, and is a bug to mend.
///
/// Leaves to others: which tests deserve it (`Report`), running one by its id (`Run`).
/// Invariants: the JVM has the flags, properties and class path of this one, and it ends.
final class SecondLook {
    private static final long PATIENCE_MINUTES = 10;

    private SecondLook() {
    }

    /// Whether the test, or the class or factory of tests, with JUnit's unique id passes now.
    static boolean passes(String uniqueId) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"),
                Run.class.getName(), "again", uniqueId));
        Process alone = new ProcessBuilder(command).inheritIO().start();
        if (alone.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            return alone.exitValue() == 0;
        }
        System.out.println("no end after " + PATIENCE_MINUTES + " minutes");
        alone.descendants().forEach(ProcessHandle::destroyForcibly);
        alone.destroyForcibly();
        return false;
    }
}

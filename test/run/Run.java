package run;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs the tests: the quick ones, the long ones, the classes named, or one again by its id.
///
/// The idea: JUnit's own launcher, told what is long (tag `e2e`, or a class of package `e2e` whose
/// name ends in `Slow`), in two passes: classes outside package `e2e` touch no clock and no socket
/// and run side by side; those inside start real daemons and run one after the other. Long tests
/// that fail get a second look; quick ones have no excuse.
///
/// Leaves to others: compiling (the Makefile), skipping (a test's own assumption says why).
/// Invariants: the last line counts every test; no test found or one failed ends with status 1.
public final class Run {
    /// Which tests a run is about.
    private enum Length { QUICK, LONG, ANY }

    private final Launcher launcher = LauncherFactory.create();
    private final Report report = new Report();

    private Run() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Run run = new Run();
        String what = args.length == 0 ? "" : args[0];
        switch (what) {
            case "quick" -> {
                run.pass(everything(), Length.QUICK, "^(?!e2e\\.).*", true);
                run.pass(everything(), Length.QUICK, "^e2e\\..*", false);
            }
            case "long" -> {
                run.pass(everything(), Length.LONG, ".*", false);
                run.report.lookAgain();
            }
            case "again" -> run.pass(List.of(selectUniqueId(args[1])), Length.ANY, ".*", false);
            default -> run.pass(named(args), Length.ANY, ".*", false);
        }
        if (!what.equals("again")) {
            run.report.print(new PrintWriter(System.out, true));
        }
        System.exit(run.report.green() ? 0 : 1);
    }

    private void pass(List<DiscoverySelector> from, Length length, String names, boolean abreast) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(from)
                .filters(includeClassNamePatterns(names), lengthFilter(length))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "" + abreast)
                .configurationParameter(
                        "junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .build();
        launcher.execute(request, report);
    }

    private static List<DiscoverySelector> everything() {
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            if (entry.endsWith("test-classes")) {
                return List.copyOf(selectClasspathRoots(Set.of(Path.of(entry))));
            }
        }
        throw new IllegalStateException("no test-classes on the class path");
    }

    private static List<DiscoverySelector> named(String[] names) {
        List<DiscoverySelector> named = new ArrayList<>();
        Arrays.stream(names).forEach(name -> named.add(selectClass(name)));
        return named;
    }

    private static PostDiscoveryFilter lengthFilter(Length length) {
        return test -> FilterResult.includedIf(length == Length.ANY || !ofMethod(test)
                || isLong(test) == (length == Length.LONG));
    }

    /// Whether this is a test, or a method that makes tests; classes are kept for what they hold.
    private static boolean ofMethod(TestDescriptor test) {
        return test.isTest() || test.getSource().map(s -> s instanceof MethodSource).orElse(false);
    }

    /// Whether a test is left to `make e2e`.
    private static boolean isLong(TestDescriptor test) {
        String owner = test.getSource().map(source -> switch (source) {
            case MethodSource method -> method.getClassName();
            case ClassSource type -> type.getClassName();
            default -> "";
        }).orElse("");
        return test.getTags().contains(TestTag.create("e2e"))
                || owner.startsWith("e2e.") && owner.endsWith("Slow");
    }
}

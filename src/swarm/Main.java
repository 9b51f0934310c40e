package swarm;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import swarm.cli.Cli;

/// The entry, compiled for Java 8, so that an old Java can still say which Java is needed.
///
/// The idea: `java -jar swarm.jar` is often run with whatever `java` comes first on the path. That
/// one fails on newer class files with a stack trace; this class, the only one it can read, prints
/// one sentence instead and names a Java that would do, when one lies in a usual place.
///
/// Leaves to others: everything; the command line belongs to `swarm.cli.Cli`.
/// Invariants: no class of ours but `Cli` is named here, and none is loaded before the check.
/// Source: a JDK's `release` file (`JAVA_VERSION="25.0.3"`), read without starting that JDK.
public final class Main {
    private static final int NEEDED = 25;

    private Main() {
    }

    public static void main(String[] args) {
        int found = feature(System.getProperty("java.specification.version"));
        if (found >= NEEDED) {
            Cli.main(args);
            return;
        }
        String newer = newest();
        System.err.println("swarm needs Java " + NEEDED + " or newer; this is Java " + found
                + (newer.isEmpty()
                ? ", and none newer was found in JAVA_HOME, /usr/lib/jvm, /opt or ~/.sdkman."
                : ". Run it with " + newer + " instead."));
        System.exit(1);
    }

    /// The newest usable `java` in the usual places, or the empty string.
    private static String newest() {
        String best = "";
        int bestFeature = NEEDED - 1;
        for (File home : homes()) {
            File java = new File(home, "bin/java");
            int feature = java.canExecute() ? release(new File(home, "release")) : 0;
            if (feature > bestFeature) {
                best = java.getPath();
                bestFeature = feature;
            }
        }
        return best;
    }

    private static List<File> homes() {
        List<File> homes = new ArrayList<>();
        String set = System.getenv("JAVA_HOME");
        if (set != null) {
            homes.add(new File(set));
        }
        String user = System.getProperty("user.home");
        for (String place : new String[] {"/usr/lib/jvm", "/opt",
            user + "/.sdkman/candidates/java"}) {
            File[] children = new File(place).listFiles();
            if (children != null) {
                for (File child : children) {
                    homes.add(child);
                }
            }
        }
        return homes;
    }

    /// The feature number in a `release` file; 0 when there is none to read.
    private static int release(File file) {
        String key = "JAVA_VERSION=\"";
        try {
            for (String line : Files.readAllLines(file.toPath(), StandardCharsets.UTF_8)) {
                if (line.startsWith(key)) {
                    return feature(line.substring(key.length(), line.length() - 1));
                }
            }
            return 0;
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /// The feature number of a version: "1.8.0_402" is 8, "17.0.15" is 17, "25-ea" is 25.
    private static int feature(String version) {
        String text = version.startsWith("1.") ? version.substring(2) : version;
        int feature = 0;
        for (int i = 0; i < text.length() && Character.isDigit(text.charAt(i)); i++) {
            feature = feature * 10 + (text.charAt(i) - '0');
        }
        return feature;
    }
}

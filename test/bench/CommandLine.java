package bench;

import e2e.Lab;
import e2e.Ran;
import e2e.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What a command costs: `node ls` by docker and by our jar on the same socket, beside the least
/// that a JVM can do.
final class CommandLine {
    private CommandLine() {
    }

    static String run(Extent extent) throws IOException {
        Path hello = hello();
        try (Lab lab = Lab.ofContainers(TestEngine.address()).start()) {
            lab.init();
            String jar = System.getProperty("swarm.jar");
            return new Comparison("node ls", "ms", extent.of(30, 1)).run(List.of(
                    Arm.timed("docker node ls", () -> lab.docker("node", "ls").ok()),
                    Arm.timed("java -jar swarm.jar node ls",
                            () -> lab.with(Lab.java(), "-jar", jar, "node", "ls").ok()),
                    Arm.timed("the same with the launcher's flags",
                            () -> lab.swarm("node", "ls").ok()),
                    Arm.timed("java -jar hello.jar",
                            () -> Ran.run(Lab.java(), "-jar", hello.toString()).ok())));
        } finally {
            try (Stream<Path> files = Files.walk(hello.getParent())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /// A jar whose one class prints one line.
    private static Path hello() throws IOException {
        Path dir = Files.createTempDirectory("hello");
        Files.writeString(dir.resolve("Hello.java"), "public class Hello { public static void main("
                + "String[] a) { System.out.println(\"hello\"); } }\n");
        String bin = Path.of(Lab.java()).getParent().toString();
        Ran.run(bin + "/javac", "-d", dir.toString(), dir + "/Hello.java").ok();
        Ran.run(bin + "/jar", "--create", "--file", dir + "/hello.jar", "--main-class", "Hello",
                "-C", dir.toString(), "Hello.class").ok();
        return dir.resolve("hello.jar");
    }
}

package e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A page with commands for its reader to type: README.md, a manual page, an example script.
///
/// A page is a list of scripts: the ```sh blocks of README.md, the .EX blocks of a manual page's
/// EXAMPLES, an example as a whole. Where a line of a block begins with `$ `, such lines are the
/// commands and the rest is what they print; otherwise all lines are commands. `# expect: TEXT`
/// says that a line of the output, after the one expected before it, contains TEXT.
/// `# engine: process` anywhere asks for the process engine.
record Document(String name, boolean processes, List<String> scripts) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
    private static final Pattern EXAMPLES =
            Pattern.compile("(?ms)^\\.SH \"?EXAMPLES?\"?$(.*?)(^\\.SH|\\z)");
    private static final Pattern EXAMPLE =
            Pattern.compile("(?ms)^\\.(?:EX|nf)\\n(.*?)^\\.(?:EE|fi)$");
    /// What only a human starts: the tests themselves, installing, measuring.
    private static final Pattern LEFT_OUT = Pattern.compile(
            "(?m)^(sudo |git |cd )?make (test|e2e|bench|sim|mutants|install|uninstall|clean).*$");

    static Document readme(Path file) throws IOException {
        return of(file, blocks(BLOCK, Files.readString(file)));
    }

    static Document manual(Path file) throws IOException {
        List<String> scripts = new ArrayList<>();
        Matcher section = EXAMPLES.matcher(Files.readString(file));
        while (section.find()) {
            blocks(EXAMPLE, section.group(1)).stream().map(Document::plain).forEach(scripts::add);
        }
        return of(file, scripts);
    }

    static Document example(Path file) throws IOException {
        return of(file, List.of(Files.readString(file)));
    }

    private static Document of(Path file, List<String> scripts) {
        boolean processes = scripts.stream().anyMatch(s -> s.contains("# engine: process"));
        return new Document(file.getFileName().toString(), processes,
                scripts.stream().map(Document::commands).toList());
    }

    /// What a script prints must be there, in this order.
    static List<String> expected(String script) {
        return script.lines().map(String::strip).filter(line -> line.startsWith("# expect: "))
                .map(line -> line.substring("# expect: ".length())).toList();
    }

    private static List<String> blocks(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher block = pattern.matcher(text);
        while (block.find()) {
            found.add(block.group(1));
        }
        return found;
    }

    private static String commands(String block) {
        String typed = block;
        if (block.lines().anyMatch(line -> line.startsWith("$ "))) {
            typed = String.join("\n", block.lines()
                    .filter(line -> line.startsWith("$ ") || line.startsWith("# expect: "))
                    .map(line -> line.startsWith("$ ") ? line.substring(2) : line).toList());
        }
        return LEFT_OUT.matcher(typed).replaceAll("");
    }

    private static String plain(String roff) {
        return roff.replace("\\-", "-").replace("\\(aq", "'").replace("\\(dq", "\"")
                .replace("\\&", "").replaceAll("\\\\f[A-Z]", "").replace("\\e", "\\");
    }
}

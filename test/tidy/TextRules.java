package tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The rules that a file's plain lines show: its size, its columns, words, citations.
final class TextRules {
    private static final int LINES_MAX = 500;
    private static final int COLUMNS_MAX = 100;
    private static final Pattern WORDS = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA"
            + "CK)\\b");
    private static final Pattern CODE = Pattern.compile("^\\s*//(?!/).*[;{}]\\s*$");
    private static final Pattern CITATION =
            Pattern.compile("§(?![\\d(\"])|\\bRFC(?=\\d)|\\bDeparts:\\s*$");

    private TextRules() {
    }

    static List<Finding> check(String place, List<String> lines) {
        List<Finding> findings = new ArrayList<>();
        if (lines.size() > LINES_MAX) {
            findings.add(new Finding(place, 0, 1, "has " + lines.size() + " lines, at most "
                    + LINES_MAX));
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int at = i + 1;
            if (line.codePointCount(0, line.length()) > COLUMNS_MAX) {
                findings.add(new Finding(place, at, 1, "is wider than " + COLUMNS_MAX));
            }
            if (line.indexOf('\t') >= 0 || !line.equals(line.stripTrailing())) {
                findings.add(new Finding(place, at, 1, "has a tab, or blanks at its end"));
            }
            if (WORDS.matcher(line).find()) {
                findings.add(new Finding(place, at, 23, "leaves work undone"));
            }
            if (CODE.matcher(line).find()) {
                findings.add(new Finding(place, at, 23, "keeps dead code in a comment"));
            }
            if (CITATION.matcher(line.substring(Math.max(0, line.indexOf("//")))).find()
                    && line.contains("//")) {
                findings.add(new Finding(place, at, 22,
                        "cites nothing: write `§5.4`, `RFC 5280`, `Departs: reason`"));
            }
        }
        return findings;
    }
}

package swarm.cli;

import java.util.ArrayList;
import java.util.List;

/// Splits text into words: as a shell does for `--entrypoint` and `--args`, at commas with quotes
/// for the fields of `--mount` and `--publish` (RFC 4180 §2).
final class Words {
    private Words() {
    }

    /// At blanks; quotes and backslashes keep what they protect; `#` begins a comment.
    static List<String> split(String text) throws Failure {
        ArrayList<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            boolean escape = c == '\\' && quote != '\'';
            if (escape && at + 1 == text.length()) {
                throw Failure.of("EOF found after escape character");
            }
            if (quote == 0 && !begun && c == '#') {
                break;
            }
            if (escape) {
                word.append(text.charAt(++at));
                begun = true;
            } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
                quote = quote != 0 ? 0 : c;
                begun = true;
            } else if (quote == 0 && " \t\r\n".indexOf(c) >= 0) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            throw Failure.of("EOF found when expecting closing quote");
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }

    /// At commas outside quotes; a field that begins with a quote ends at its partner.
    static List<String> fields(String text) {
        ArrayList<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' && (quoted || field.isEmpty())) {
                boolean doubled = quoted && at + 1 < text.length() && text.charAt(at + 1) == '"';
                if (doubled) {
                    field.append(text.charAt(++at));
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}

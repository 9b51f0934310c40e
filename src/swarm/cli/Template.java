package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// The part of Go's templates that people use with `--format`, on JSON: fields, pipelines,
/// functions (`Functions`), `if`, `else`, `range`, `end`, and `-` to eat white space. Our own long
/// texts are such templates too.
///
/// A field that is absent prints nothing, except where the object must have it: in a row of a
/// list, and at the top of what is inspected.
///
/// Source: Go's package text/template, with Docker's functions.
final class Template {
    /// Fields of inspected objects that are absent as long as there is nothing to say.
    private static final String OPTIONAL =
        " Description Endpoint JobStatus ManagerStatus PreviousSpec ServiceStatus UpdateStatus ";

    private final String source;
    /// How Go's messages name the object; a row of a list begins with `*`.
    private final String type;
    /// Pieces of text and actions in turn, text first; filled once.
    private final List<String> pieces = new ArrayList<>();
    /// The object that the template is applied to; set by `apply`.
    private Json.Obj top = Json.obj();

    Template(String source, String type) throws Failure {
        this.source = source;
        this.type = type;
        int from = 0;
        boolean trims = false;
        for (int open = source.indexOf("{{"); open >= 0; open = source.indexOf("{{", from)) {
            int close = source.indexOf("}}", open);
            if (close < 0) {
                throw Failure.of("template parsing error: template: :1: unclosed action");
            }
            String text = source.substring(from, open);
            String action = source.substring(open + 2, close);
            text = trims ? text.stripLeading() : text;
            pieces.add(action.startsWith("- ") ? text.stripTrailing() : text);
            trims = action.endsWith(" -");
            pieces.add(action.substring(action.startsWith("- ") ? 1 : 0,
                action.length() - (trims ? 1 : 0)).strip());
            from = close + 2;
        }
        pieces.add(trims ? source.substring(from).stripLeading() : source.substring(from));
    }

    String apply(Json.Obj data) throws Failure {
        top = data;
        StringBuilder out = new StringBuilder();
        run(0, pieces.size(), data, out);
        return out.toString();
    }

    private void run(int from, int to, Json dot, StringBuilder out) throws Failure {
        for (int at = from; at < to; at++) {
            String piece = pieces.get(at);
            if (at % 2 == 0) {
                out.append(piece);
            } else if (begins(piece)) {
                at = block(at, dot, out);
            } else {
                out.append(Functions.shown(pipeline(piece, dot)));
            }
        }
    }

    private static boolean begins(String piece) {
        return piece.startsWith("if ") || piece.startsWith("range ") || piece.startsWith("with ");
    }

    /// Runs the block that begins at `at`; where it ends.
    private int block(int at, Json dot, StringBuilder out) throws Failure {
        int end = partner(at, false);
        int middle = partner(at, true);
        String piece = pieces.get(at);
        Json value = pipeline(piece.substring(piece.indexOf(' ') + 1), dot);
        if (value.isEmpty()) {
            run(middle + 1, end, dot, out);
        } else if (piece.charAt(0) == 'r') {
            for (Json item : Functions.items(value)) {
                run(at + 1, middle, item, out);
            }
        } else {
            run(at + 1, middle, piece.charAt(0) == 'w' ? value : dot, out);
        }
        return end;
    }

    /// Where the block that begins at `start` has its `end`, or its `else` if it has one.
    private int partner(int start, boolean alternative) throws Failure {
        int depth = 0;
        for (int at = start; at < pieces.size(); at += 2) {
            String piece = pieces.get(at);
            depth += begins(piece) ? 1 : piece.equals("end") ? -1 : 0;
            if (depth == 0 || alternative && depth == 1 && piece.equals("else")) {
                return at;
            }
        }
        throw Failure.of("template parsing error: template: :1: unexpected EOF");
    }

    private Json pipeline(String text, Json dot) throws Failure {
        ArrayList<Json> piped = new ArrayList<>();
        for (String command : cut(text, '|')) {
            Json value = command(command.strip(), dot, piped);
            piped.clear();
            piped.add(value);
        }
        return piped.getFirst();
    }

    private Json command(String text, Json dot, List<Json> piped) throws Failure {
        List<String> words = cut(text, ' ');
        String first = words.getFirst();
        if (words.size() == 1 && piped.isEmpty() && ".$\"`(".indexOf(first.charAt(0)) >= 0
            || first.charAt(0) <= '9' && words.size() == 1) {
            return operand(first, dot);
        }
        ArrayList<Json> arguments = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            arguments.add(operand(word, dot));
        }
        arguments.addAll(piped);
        boolean wholeRow = !arguments.isEmpty() && arguments.getLast() == top
            && type.startsWith("*");
        return first.equals("json") && wholeRow ? ServiceSpec.text(Functions.escaped(top.text()))
            : Functions.call(first, arguments);
    }

    private Json operand(String word, Json dot) throws Failure {
        char first = word.charAt(0);
        String inner = word.substring(1, Math.max(1, word.length() - 1));
        return switch (first) {
            case '"' -> ServiceSpec.text(inner.replace("\\n", "\n").replace("\\t", "\t")
                .replace("\\\"", "\"").replace("\\\\", "\\"));
            case '`' -> ServiceSpec.text(inner);
            case '(' -> pipeline(inner, dot);
            case '.' -> word.length() == 1 ? dot : field(word, dot, word.substring(1));
            case '$' -> word.length() == 1 ? top : dollar(word);
            default -> first <= '9' ? Values.number(word, "ParseInt")
                : Functions.call(word, List.of());
        };
    }

    private Json dollar(String word) throws Failure {
        if (word.charAt(1) != '.') {
            throw Failure.of("template parsing error: template: :1: variables are not supported");
        }
        return field(word, top, word.substring(2));
    }

    private Json field(String word, Json of, String path) throws Failure {
        Json at = of;
        for (String name : cut(path, '.')) {
            Json found = at.asObj().find(name).orElse(Json.NULL);
            boolean must = at == top && OPTIONAL.indexOf(" " + name + " ") < 0;
            if (found == Json.NULL && must && top.find(name).isEmpty()) {
                String line = source.substring(0, Math.max(0, source.indexOf(word)));
                throw Failure.of("template parsing error: template: :1:" + line.length()
                    + ": executing \"\" at <" + word + ">: can't evaluate field " + name
                    + " in type " + type);
            }
            at = found;
        }
        return at;
    }

    /// At a mark outside quotes and brackets; empty parts are left out.
    private static List<String> cut(String text, char mark) {
        ArrayList<String> parts = new ArrayList<>();
        int from = 0;
        int depth = 0;
        char quote = 0;
        for (int at = 0; at <= text.length(); at++) {
            char c = at == text.length() ? mark : text.charAt(at);
            if (quote != 0) {
                quote = c == quote && text.charAt(at - 1) != '\\' ? 0 : quote;
            } else if (c == '"' || c == '`') {
                quote = c;
            } else if (c == mark && (depth == 0 || at == text.length())) {
                if (at > from) {
                    parts.add(text.substring(from, at));
                }
                from = at + 1;
            } else {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            }
        }
        return parts.isEmpty() ? List.of("\"\"") : parts;
    }
}

package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import swarm.json.Json;

/// Prints rows as a table, as JSON or by a template, in the layout of Docker's lists: columns at
/// least ten wide, three blanks between them, the last one not padded.
///
/// A row is an object of the fields that a template can name, in the order of their names. The
/// default table shows some of them, told as `Field=HEADER` pairs.
final class Listing {
    private static final int CELL_MIN = 10;
    private static final int GAP = 3;

    private Listing() {
    }

    /// `type` is how Go's messages name such a row.
    static String of(String format, String columns, List<? extends Json> rows, String type)
            throws Failure {
        if (format.equals("json")) {
            return each("{{json .}}", rows, type);
        }
        Json.Obj headers = Json.obj();
        for (String column : Words.fields(columns)) {
            int equals = column.indexOf('=');
            headers = headers.with(column.substring(0, equals), column.substring(equals + 1));
        }
        if (format.isEmpty() || format.equals("table")) {
            return aligned(cells(headers, rows));
        }
        String text = format.replace("\\t", "\t").replace("\\n", "\n");
        if (!text.startsWith("table ")) {
            return each(text, rows, type);
        }
        Template template = new Template(text.substring("table ".length()), type);
        StringBuilder lines = new StringBuilder(template.apply(named(headers, rows))).append('\n');
        for (Json row : rows) {
            lines.append(template.apply(row.asObj())).append('\n');
        }
        return aligned(split(lines.toString()));
    }

    /// The headers of all fields; one that has none in the default table shows its name.
    private static Json.Obj named(Json.Obj headers, List<? extends Json> rows) {
        Json.Obj all = headers;
        if (!rows.isEmpty()) {
            for (String field : rows.getFirst().asObj().members().keySet()) {
                all = all.find(field).isPresent() ? all
                    : all.with(field, field.toUpperCase(Locale.ROOT));
            }
        }
        return all;
    }

    private static String each(String format, List<? extends Json> rows, String type)
            throws Failure {
        Template template = new Template(format, type);
        StringBuilder out = new StringBuilder();
        for (Json row : rows) {
            out.append(template.apply(row.asObj())).append('\n');
        }
        return out.toString();
    }

    private static List<List<String>> cells(Json.Obj headers, List<? extends Json> rows) {
        ArrayList<List<String>> lines = new ArrayList<>();
        lines.add(line(headers, headers));
        for (Json row : rows) {
            lines.add(line(headers, row.asObj()));
        }
        return lines;
    }

    private static List<String> line(Json.Obj headers, Json.Obj row) {
        ArrayList<String> cells = new ArrayList<>();
        for (String field : headers.members().keySet()) {
            cells.add(row.str(field));
        }
        return cells;
    }

    private static List<List<String>> split(String lines) {
        ArrayList<List<String>> table = new ArrayList<>();
        for (int from = 0; from < lines.length(); from = lines.indexOf('\n', from) + 1) {
            String line = lines.substring(from, lines.indexOf('\n', from));
            ArrayList<String> cells = new ArrayList<>();
            for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t')) {
                cells.add(line.substring(0, tab));
                line = line.substring(tab + 1);
            }
            cells.add(line);
            table.add(cells);
        }
        return table;
    }

    static String aligned(List<List<String>> lines) {
        StringBuilder out = new StringBuilder();
        for (List<String> line : lines) {
            for (int at = 0; at < line.size(); at++) {
                String cell = line.get(at);
                out.append(cell);
                if (at + 1 < line.size()) {
                    out.repeat(' ', width(lines, at) - length(cell));
                }
            }
            out.append('\n');
        }
        return out.toString();
    }

    private static int width(List<List<String>> lines, int column) {
        int width = CELL_MIN - GAP;
        for (List<String> line : lines) {
            width = column < line.size() ? Math.max(width, length(line.get(column))) : width;
        }
        return width + GAP;
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}

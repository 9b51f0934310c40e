package swarm.http;

import java.util.ArrayList;
import java.util.List;

/// The header fields of a message: an immutable list in the order of the wire, looked up without
/// regard to case. It checks itself: a name is a token and a value holds no control character, so
/// no header that was ever built can break a message apart. What a header means is left to others.
///
/// Source: RFC 9110 §5.1, §5.5, §5.6.1, §5.6.2.
public final class Headers {
    public static final Headers NONE = new Headers(List.of());

    private final List<String> pairs;

    /// Takes the list over: name, value, name, value.
    Headers(List<String> pairs) {
        for (int i = 0; i < pairs.size(); i += 2) {
            if (!isToken(pairs.get(i)) || !isValue(pairs.get(i + 1))) {
                throw new IllegalArgumentException("not a header: " + pairs.get(i));
            }
        }
        this.pairs = pairs;
    }

    public static Headers of(String name, String value) {
        return new Headers(List.of(name, value));
    }

    public Headers with(String name, String value) {
        List<String> more = new ArrayList<>(pairs);
        more.add(name);
        more.add(value);
        return new Headers(more);
    }

    public Headers without(String name) {
        List<String> less = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            if (!nameAt(i).equalsIgnoreCase(name)) {
                less.add(nameAt(i));
                less.add(valueAt(i));
            }
        }
        return new Headers(less);
    }

    /// The first value of that name, "" when there is none.
    public String value(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? "" : all.get(0);
    }

    public boolean has(String name) {
        return !all(name).isEmpty();
    }

    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            if (nameAt(i).equalsIgnoreCase(name)) {
                values.add(valueAt(i));
            }
        }
        return values;
    }

    /// Whether a comma-separated header, such as Connection, has this element.
    public boolean lists(String name, String element) {
        for (String value : all(name)) {
            for (int from = 0; from <= value.length(); ) {
                int comma = value.indexOf(',', from);
                int to = comma < 0 ? value.length() : comma;
                if (trim(value.substring(from, to)).equalsIgnoreCase(element)) {
                    return true;
                }
                from = to + 1;
            }
        }
        return false;
    }

    public int size() {
        return pairs.size() / 2;
    }

    public String nameAt(int index) {
        return pairs.get(2 * index);
    }

    public String valueAt(int index) {
        return pairs.get(2 * index + 1);
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9';
            if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /// Bytes above 127 pass: old clients send them, and one char carries one byte.
    static boolean isValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }

    /// Without the spaces and tabs around it; String.trim would swallow control characters too.
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}

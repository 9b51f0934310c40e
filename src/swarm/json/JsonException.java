package swarm.json;

/// Why a text is not JSON, or why JSON is not the record it should be. The message is meant for
/// the user and reads as Docker's does; the parts are there for those who must word it anew.
///
/// The codec learns the path from the inside out: whoever reads a member or an item puts its name
/// before the path of the exception that passes by (`inside`).
public final class JsonException extends Exception {
    /// What `found` says when the text ended too early.
    public static final String END = "end of JSON input";
    private static final long serialVersionUID = 1;

    private final Fault fault;
    private final String path;
    private final String found;
    private final String expected;
    /// Where in the text, in characters (in bytes if they are no UTF-8); -1 in the codec.
    private final long offset;

    /// What kind of wrong this is.
    public enum Fault {
        /// The text breaks the grammar.
        SYNTAX,
        /// The text is too deep, or its bytes are no text.
        LIMIT,
        /// A value is of another type than the field, or out of its range.
        TYPE,
        /// A field that no record of ours has.
        UNKNOWN,
        /// A string that names no constant of its enum.
        CONSTANT,
        /// A sealed family of which not exactly one variant is given.
        CHOICE,
        /// A value of the right type that is not well-formed, or that its record refused.
        REFUSED
    }

    private JsonException(Fault fault, String path, String found, String expected, long offset) {
        super(message(fault, path, found, expected));
        this.fault = fault;
        this.path = path;
        this.found = found;
        this.expected = expected;
        this.offset = offset;
    }

    static JsonException syntax(String found, String place, long offset) {
        return new JsonException(Fault.SYNTAX, "", found, place, offset);
    }

    static JsonException limit(String what, long offset) {
        return new JsonException(Fault.LIMIT, "", what, "", offset);
    }

    /// Codec: `found` stands where the field asks for `expected`, both in the words of Go.
    static JsonException type(String found, String expected) {
        return new JsonException(Fault.TYPE, "", found, expected, -1);
    }

    static JsonException unknown(String name, String record) {
        return new JsonException(Fault.UNKNOWN, name, name, record, -1);
    }

    static JsonException constant(String found, String type) {
        return new JsonException(Fault.CONSTANT, "", found, type, -1);
    }

    static JsonException choice(int found, String type) {
        return new JsonException(Fault.CHOICE, "", Integer.toString(found), type, -1);
    }

    static JsonException value(String reason, String type) {
        return new JsonException(Fault.REFUSED, "", reason, type, -1);
    }

    static JsonException refused(IllegalArgumentException reason, String record) {
        JsonException refused = value(String.valueOf(reason.getMessage()), record);
        refused.initCause(reason);
        return refused;
    }

    /// The same fault, seen from one level further out.
    JsonException inside(String step) {
        String joined = path.isEmpty() || path.charAt(0) == '[' ? step + path : step + "." + path;
        JsonException outer = new JsonException(fault, joined, found, expected, offset);
        outer.initCause(getCause());
        return outer;
    }

    public Fault fault() {
        return fault;
    }

    /// The field, as `Spec.EndpointSpec.Ports[1].Protocol`; empty for a whole document.
    public String path() {
        return path;
    }

    /// What stood there: `'z'`, `string`, `number -1`, `bogus`, the reason of a refusal.
    public String found() {
        return found;
    }

    /// What should have: `looking for beginning of value`, `int64`, the record's simple name.
    public String expected() {
        return expected;
    }

    public long offset() {
        return offset;
    }

    /// The message alone may not say where; for those who read logs this does.
    @Override public String toString() {
        return getMessage() + " (at " + (offset < 0 ? "field " + path : "offset " + offset) + ")";
    }

    private static String message(Fault fault, String path, String found, String expected) {
        return switch (fault) {
            case SYNTAX -> found.equals(END)
                ? "unexpected " + END
                : "invalid character " + found + " " + expected;
            case LIMIT, REFUSED -> found;
            case TYPE -> "json: cannot unmarshal " + found + " into "
                + (path.isEmpty() ? "value" : "field " + path) + " of type " + expected;
            case UNKNOWN -> "json: unknown field \"" + path + "\"";
            case CONSTANT -> "invalid " + expected + ": \"" + found + "\"";
            case CHOICE -> "must specify exactly one " + expected + ", found " + found;
        };
    }
}

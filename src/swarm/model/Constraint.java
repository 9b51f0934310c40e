package swarm.model;

import java.util.regex.Pattern;

/// One placement constraint, `node.labels.zone != east` say: a key, whether the value of a node
/// must be equal or must not, and the value. Which keys there are and what they match is not known
/// here; this is only the grammar, and Docker's words for what breaks it.
/// (swarmkit manager/constraint)
public record Constraint(String key, boolean equal, String value) {
    private static final Pattern KEY = Pattern.compile("[a-zA-Z_][a-zA-Z0-9\\-_.]+");
    private static final Pattern VALUE =
            Pattern.compile("[a-zA-Z0-9:\\-_\\s.*()?+\\[\\]\\\\^$|/]+");
    private static final String EQUAL = "==";
    private static final String UNEQUAL = "!=";

    /// What a text comes to.
    public sealed interface Parsed {
        /// A constraint.
        record Valid(Constraint constraint) implements Parsed { }

        /// None, and why.
        record Invalid(String message) implements Parsed { }
    }

    /// Reads a constraint; white space around key and value does not count. Where both operators
    /// stand, the text is cut at the first `==`, as in Docker.
    public static Parsed parse(String text) {
        String operator = text.contains(EQUAL) ? EQUAL : UNEQUAL;
        int at = text.indexOf(operator);
        if (at < 0) {
            return new Parsed.Invalid("constraint expected one operator from ==, !=");
        }
        String key = text.substring(0, at).strip();
        if (!KEY.matcher(key).matches()) {
            return new Parsed.Invalid("key '" + key + "' is invalid");
        }
        String value = text.substring(at + operator.length()).strip();
        if (!VALUE.matcher(value).matches()) {
            return new Parsed.Invalid("value '" + value + "' is invalid");
        }
        return new Parsed.Valid(new Constraint(key, operator.equals(EQUAL), value));
    }
}

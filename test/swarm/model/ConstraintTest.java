package swarm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// The grammar of placement constraints, and Docker's words for what breaks it.
final class ConstraintTest {
    private static String read(String text) {
        return switch (Constraint.parse(text)) {
            case Constraint.Parsed.Valid(Constraint c) ->
                    c.key() + (c.equal() ? "|is|" : "|is not|") + c.value();
            case Constraint.Parsed.Invalid(String message) -> message;
        };
    }

    @Test void readsKeyOperatorAndValue() {
        assertEquals("node.role|is|manager", read("node.role==manager"));
        assertEquals("node.labels.a-b_c|is not|x:1*", read("  node.labels.a-b_c !=  x:1* "));
        assertEquals("node.ip|is|10.0.0.0/8", read("node.ip == 10.0.0.0/8"));
        assertEquals("_x|is|a b", read("_x==a b"));
    }

    @Test void saysWhatIsWrong() {
        String none = "constraint expected one operator from ==, !=";
        assertEquals(none, read(""));
        assertEquals(none, read("node.id=x"));
        assertEquals("key '1n' is invalid", read("1n==a"));
        assertEquals("key 'n' is invalid", read("n==a"));
        assertEquals("key '' is invalid", read("==a"));
        assertEquals("value '' is invalid", read("node.id=="));
        assertEquals("value '%' is invalid", read("node.id==%"));
        assertEquals("key 'a!=b' is invalid", read("a!=b==c"));
    }

    @Test void readsLongTextsInNoTime() {
        String long100k = "a".repeat(100_000);
        assertEquals("value '" + long100k + "%' is invalid",
                read("node.id==" + long100k + "%"));
        assertEquals("key '" + long100k + "%' is invalid", read(long100k + "%==x"));
    }
}

package swarm.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Values, asked leniently and changed by copying.
class JsonTest {
    private static final Json SAMPLE = parse(
        "{\"o\":{\"x\":1},\"a\":[1,\"2\"],\"s\":\"t\",\"n\":-7,\"b\":true,\"z\":null}");

    private static Json parse(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException wrong) {
            throw new AssertionError(text, wrong);
        }
    }

    @Test
    void findsMembersOfTheKindAskedFor() {
        Json.Obj sample = SAMPLE.asObj();
        assertEquals(1, sample.obj("o").num("x"));
        assertEquals(2, sample.arr("a").size());
        assertEquals("2", sample.arr("a").get(1).asStr());
        assertEquals("t", sample.str("s"));
        assertEquals(-7, sample.num("n"));
        assertTrue(sample.bool("b"));
        assertEquals(Optional.of(Json.NULL), sample.find("z"));
        assertEquals(Optional.empty(), sample.find("S"));
    }

    @Test
    void answersAbsentAndWrongKindsWithTheEmptyValue() {
        Json.Obj sample = SAMPLE.asObj();
        for (String name : List.of("absent", "o", "a", "s", "n", "b", "z")) {
            assertTrue(name.equals("o") || sample.obj(name).isEmpty(), name);
            assertTrue(name.equals("a") || sample.arr(name).isEmpty(), name);
            assertTrue(name.equals("s") || sample.str(name).isEmpty(), name);
            assertTrue(name.equals("n") || sample.num(name) == 0, name);
            assertTrue(name.equals("b") || !sample.bool(name), name);
        }
    }

    @Test
    void cutsNumbersToWholeOnes() {
        assertEquals(Long.MAX_VALUE, parse("9223372036854775807").asNum());
        assertEquals(Long.MIN_VALUE, parse("-9223372036854775808").asNum());
        assertEquals(Long.MAX_VALUE, parse("9223372036854775808").asNum());
        assertEquals(1500, parse("1.5e3").asNum());
        assertEquals(-1, parse("-1.9").asNum());
        assertEquals(0, parse("-0").asNum());
    }

    @Test
    void changesAreCopiesThatKeepTheOrder() {
        Json.Obj first = Json.obj().with("b", 1).with("a", "x").with("c", true);
        assertEquals("{\"b\":1,\"a\":\"x\",\"c\":true}", first.text());
        assertEquals("{\"b\":1,\"a\":null,\"c\":true}", first.with("a", Json.NULL).text());
        assertEquals("{\"b\":1,\"c\":true}", first.without("a").text());
        assertEquals("{\"b\":1,\"a\":\"x\",\"c\":true}", first.text());
        assertTrue(Json.obj().isEmpty());
    }

    @Test
    void ownsItsCollections() {
        LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        ArrayList<Json> items = new ArrayList<>();
        Json.Obj object = new Json.Obj(members);
        Json.Arr array = new Json.Arr(items);
        members.put("a", Json.NULL);
        items.add(Json.NULL);
        assertTrue(object.isEmpty());
        assertTrue(array.isEmpty());
        assertThrows(UnsupportedOperationException.class,
            () -> object.members().put("a", Json.NULL));
    }

    @Test
    void tellsEmptyFromFull() {
        for (String text : List.of("null", "\"\"", "0", "-0.0", "0e5", "false", "[]", "{}")) {
            assertTrue(parse(text).isEmpty(), text);
        }
        for (String text : List.of("\" \"", "1", "1e-300", "true", "[0]", "{\"a\":null}")) {
            assertFalse(parse(text).isEmpty(), text);
        }
    }

    @Test
    void refusesANumberThatIsNone() {
        for (String text : List.of("", "NaN", "01", "1 ", "0x1", "+1", "1.", "Infinity")) {
            assertThrows(IllegalArgumentException.class, () -> new Json.Num(text), text);
        }
    }

    /// Bootstrap methods cost the command line tens of milliseconds at start-up. Those of a
    /// record's `equals`, `hashCode` and `toString` are linked only when called.
    @Test
    void linksNothingByBootstrapOnTheWayOfTheCommandLine() throws IOException {
        for (Class<?> type : List.of(Json.class, JsonReader.class, JsonWriter.class,
            JsonException.class, Json.Obj.class, Json.Arr.class, Json.Str.class, Json.Num.class,
            Json.Bool.class, Json.Null.class)) {
            for (MethodModel method : model(type).methods()) {
                String name = method.methodName().stringValue();
                boolean ofRecord = type.isRecord()
                    && List.of("equals", "hashCode", "toString").contains(name);
                assertTrue(ofRecord || !isBootstrapped(method), type + "." + name);
            }
        }
    }

    private static ClassModel model(Class<?> type) throws IOException {
        String file = type.getName().replaceAll(".*\\.", "") + ".class";
        try (InputStream bytes = type.getResourceAsStream(file)) {
            return ClassFile.of().parse(bytes.readAllBytes());
        }
    }

    private static boolean isBootstrapped(MethodModel method) {
        return method.code().stream().flatMap(code -> code.elementStream())
            .anyMatch(InvokeDynamicInstruction.class::isInstance);
    }
}

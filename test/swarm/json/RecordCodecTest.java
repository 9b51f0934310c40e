package swarm.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Each rule of the codec, on records that show nothing else.
class RecordCodecTest {
    private enum Role { WORKER, MANAGER, ON_HOLD, @Name("on-failure") FAILURE }

    private enum Wish { @Name("") NONE, RUN }

    @Scalar
    private record NodeId(String value) {
        private NodeId {
            if (value.contains(" ")) {
                throw new IllegalArgumentException("an id has no spaces");
            }
        }
    }

    private sealed interface Mode permits Replicated, Job, Many { }

    private record Replicated(Optional<Long> replicas) implements Mode { }

    private sealed interface Job extends Mode permits Global, Once { }

    private record Global() implements Job { }

    @Name("ReplicatedJob")
    private record Once(long total) implements Job { }

    private record Many(List<Mode> modes) implements Mode { }

    private record Plain(String text, long number, int count, double ratio, boolean flag,
        byte[] data, List<String> items, SortedMap<String, String> labels, Json any, Wish wish,
        NodeId node) { }

    private record Shown(@Always String text, @Always long number, @Always double ratio,
        @Always boolean flag, @Always byte[] data, @Always List<String> items,
        @Always SortedMap<String, String> labels, @Always Json any, @Always Wish wish,
        @Always NodeId node, @Always Optional<String> absent, @Always Optional<Instant> time) { }

    private record Maybe(Optional<String> text, Optional<Long> number, Optional<Integer> count,
        Optional<Double> ratio, Optional<Boolean> flag, Optional<byte[]> data,
        Optional<List<String>> items, Optional<SortedMap<String, Long>> labels,
        Optional<Json> any, Optional<Role> role, Optional<NodeId> node, Optional<Mode> mode,
        Optional<Instant> time, Optional<Replicated> inner) { }

    private record Outer(Replicated inner, Instant time, Wish wish) { }

    private record Roles(List<Role> roles, Role role) { }

    private record Modes(Mode mode) { }

    private record Batch(List<Mode> modes, SortedMap<String, Replicated> table) { }

    private record Named(@Name("ID") String id, @Name("DNSConfig") String dns, String stopSignal,
        @Hidden String secret) { }

    private record Number(double value) { }

    private record Checked(long from, long to) {
        private Checked {
            if (from > to) {
                throw new IllegalArgumentException("from is after to");
            }
        }
    }

    private record Holder(List<Checked> ranges) { }

    private record Stamp(Instant at) { }

    private record Data(byte[] data) { }

    private static String written(Record value) {
        String text = RecordCodec.toJson(value, Audience.LOG).text();
        byte[] bytes = RecordCodec.toBytes(value, Audience.LOG);
        assertEquals(text, new String(bytes, StandardCharsets.UTF_8));
        return text;
    }

    private static <T> T read(Class<T> type, String text) throws JsonException {
        return RecordCodec.fromBytes(type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonException refusal(Class<?> type, String text) {
        return assertThrows(JsonException.class, () -> read(type, text), text);
    }

    private static <T extends Record> void assertBothWays(String text, T value)
        throws JsonException {
        assertEquals(text, written(value));
        assertEquals(value, read(value.getClass(), text));
    }

    @Test
    void emptyPlainComponentsAreLeftOut() throws JsonException {
        Plain empty = read(Plain.class, "{}");
        assertEquals("{}", written(empty));
        assertEquals("", empty.text);
        assertEquals(0, empty.number + empty.count + empty.data.length);
        assertEquals(List.of(), empty.items);
        assertTrue(empty.labels.isEmpty());
        assertEquals(Json.NULL, empty.any);
        assertEquals(Wish.NONE, empty.wish);
        assertEquals(new NodeId(""), empty.node);
    }

    @Test
    void fullPlainComponentsAreWritten() throws JsonException {
        String text = "{\"Text\":\"a\",\"Number\":-9223372036854775808,\"Count\":2147483647,"
            + "\"Ratio\":0.25,\"Flag\":true,\"Data\":\"AP8=\",\"Items\":[\"\",\"b\"],"
            + "\"Labels\":{\"a\":\"\",\"b\":\"2\"},\"Any\":{\"x\":[1.0,null]},\"Wish\":\"run\","
            + "\"Node\":\"n1\"}";
        Plain full = read(Plain.class, text);
        assertEquals(text, written(full));
        assertEquals(Long.MIN_VALUE, full.number);
        assertEquals(Integer.MAX_VALUE, full.count);
        assertArrayEquals(new byte[] {0, -1}, full.data);
    }

    @Test
    void alwaysMeansEvenWhenEmpty() throws JsonException {
        String text = "{\"Text\":\"\",\"Number\":0,\"Ratio\":0,\"Flag\":false,\"Data\":\"\","
            + "\"Items\":[],\"Labels\":{},\"Any\":null,\"Wish\":\"\",\"Node\":\"\","
            + "\"Absent\":null,\"Time\":\"0001-01-01T00:00:00Z\"}";
        assertEquals(text, written(read(Shown.class, "{}")));
        assertEquals(text, written(read(Shown.class, text)));
    }

    @Test
    void absentOptionalsAreLeftOut() throws JsonException {
        Maybe none = read(Maybe.class, "{}");
        assertEquals("{}", written(none));
        assertEquals(Optional.empty(), none.mode);
        String nulls = "{\"Text\":null,\"Number\":null,\"Data\":null,\"Any\":null,\"Mode\":null,"
            + "\"Inner\":null}";
        assertEquals(none, read(Maybe.class, nulls));
    }

    @Test
    void presentOptionalsAreWrittenThoughTheyHoldNothing() throws JsonException {
        String text = "{\"Text\":\"\",\"Number\":0,\"Count\":0,\"Ratio\":0,\"Flag\":false,"
            + "\"Data\":\"\",\"Items\":[],\"Labels\":{},\"Any\":{},\"Role\":\"on_hold\","
            + "\"Node\":\"\",\"Mode\":{\"Global\":{}},\"Time\":\"2026-01-02T03:04:05Z\","
            + "\"Inner\":{}}";
        Maybe some = read(Maybe.class, text);
        assertEquals(text, written(some));
        assertEquals(Optional.of(0L), some.number);
        assertEquals(Optional.of(List.of()), some.items);
        assertEquals(Optional.of(new Replicated(Optional.empty())), some.inner);
    }

    @Test
    void recordsAndTimesAlwaysShow() throws JsonException {
        String text = "{\"Inner\":{},\"Time\":\"0001-01-01T00:00:00Z\"}";
        assertEquals(text, written(read(Outer.class, "{}")));
        assertEquals(text, written(read(Outer.class, "{\"Inner\":null,\"Time\":null}")));
        assertEquals(Optional.empty(),
            read(Maybe.class, "{\"Time\":\"0001-01-01T00:00:00Z\"}").time);
    }

    @Test
    void namesAreCapitalisedOrGiven() throws JsonException {
        assertBothWays("{\"ID\":\"1\",\"DNSConfig\":\"2\",\"StopSignal\":\"3\",\"Secret\":\"4\"}",
            new Named("1", "2", "3", "4"));
    }

    @Test
    void namesMatchInAnyCase() throws JsonException {
        String text = "{\"id\":\"1\",\"dnsconfig\":\"2\",\"STOPSIGNAL\":\"3\",\"sEcret\":\"4\"}";
        assertEquals(new Named("1", "2", "3", "4"), read(Named.class, text));
        assertEquals("b", read(Named.class, "{\"ID\":\"a\",\"Id\":\"b\"}").id);
        assertEquals(new Global(), read(Modes.class, "{\"mode\":{\"global\":{}}}").mode);
    }

    @Test
    void hiddenComponentsAreForTheLogAlone() throws JsonException {
        Named named = new Named("1", "", "", "key");
        assertEquals("{\"ID\":\"1\"}", RecordCodec.toJson(named, Audience.API).text());
        assertEquals("{\"ID\":\"1\",\"Secret\":\"key\"}", written(named));
        assertEquals("key", read(Named.class, "{\"Secret\":\"key\"}").secret);
    }

    @Test
    void constantsAreInLowerCaseOrNamed() throws JsonException {
        assertBothWays("{\"Roles\":[\"worker\",\"on_hold\",\"on-failure\"],\"Role\":\"manager\"}",
            new Roles(List.of(Role.WORKER, Role.ON_HOLD, Role.FAILURE), Role.MANAGER));
        for (String text : List.of("{\"Role\":\"king\"}", "{\"Role\":\"WORKER\"}",
            "{\"Role\":\"failure\"}", "{\"Role\":\"\"}", "{\"Role\":null}", "{}")) {
            JsonException wrong = refusal(Roles.class, text);
            assertEquals(JsonException.Fault.CONSTANT, wrong.fault());
            assertEquals("Role", wrong.path());
            assertEquals("Role", wrong.expected());
            assertEquals("invalid Role: \"" + wrong.found() + "\"", wrong.getMessage());
        }
        assertEquals("king", refusal(Roles.class, "{\"Role\":\"king\"}").found());
        assertEquals(Optional.empty(), read(Maybe.class, "{\"Role\":\"\"}").role);
    }

    @Test
    void aFamilyIsAnObjectWithOneMember() throws JsonException {
        TreeMap<String, Replicated> table = new TreeMap<>();
        table.put("k", new Replicated(Optional.of(1L)));
        assertBothWays("{\"Modes\":[{\"Replicated\":{\"Replicas\":0}},{\"Global\":{}},"
            + "{\"ReplicatedJob\":{\"Total\":2}}],\"Table\":{\"k\":{\"Replicas\":1}}}",
            new Batch(List.of(new Replicated(Optional.of(0L)), new Global(), new Once(2)), table));
        assertEquals(new Global(),
            read(Mode.class, "{\"Replicated\":null,\"Global\":{},\"Other\":{}}"));
        assertEquals("{\"Global\":{}}",
            RecordCodec.toJson(Mode.class, new Global(), Audience.API).text());
        assertEquals("{\"Global\":{}}", new String(
            RecordCodec.toBytes(Mode.class, new Global(), Audience.LOG), StandardCharsets.UTF_8));
    }

    @Test
    void aFamilyMayContainItself() throws JsonException {
        assertBothWays("{\"Modes\":[{\"Many\":{\"Modes\":[{\"Many\":{}}]}}]}", new Batch(
            List.of(new Many(List.of(new Many(List.of())))), new TreeMap<>()));
    }

    @Test
    void aFamilyWantsExactlyOneVariant() throws JsonException {
        assertEquals(Optional.empty(), read(Maybe.class, "{\"Mode\":{}}").mode);
        for (String none : List.of("{}", "{\"Mode\":{}}", "{\"Mode\":{\"Global\":null}}")) {
            JsonException wrong = refusal(Modes.class, none);
            assertEquals(JsonException.Fault.CHOICE, wrong.fault());
            assertEquals("Mode", wrong.path());
            assertEquals("0", wrong.found());
        }
        JsonException two = refusal(Modes.class, "{\"Mode\":{\"Replicated\":{},\"Global\":{}}}");
        assertEquals("must specify exactly one Mode, found 2", two.getMessage());
        JsonException other = refusal(Modes.class, "{\"Mode\":{\"Other\":{\"x\":1}}}");
        assertEquals("json: unknown field \"Mode.Other\"", other.getMessage());
    }

    @Test
    void unknownFieldsAreRefusedByTheirPath() {
        for (String value : List.of("\"x\"", "1", "true", "[0]", "{\"a\":null}")) {
            JsonException wrong = refusal(Batch.class,
                "{\"Modes\":[{\"Global\":{}},{\"Replicated\":{\"Foo\":" + value + "}}]}");
            assertEquals(JsonException.Fault.UNKNOWN, wrong.fault());
            assertEquals("Modes[1].Replicated.Foo", wrong.path());
            assertEquals("json: unknown field \"Modes[1].Replicated.Foo\"", wrong.getMessage());
        }
        assertEquals("Table.k.Foo",
            refusal(Batch.class, "{\"Table\":{\"k\":{\"Foo\":1}}}").path());
    }

    @Test
    void unknownFieldsThatSayNothingAreAccepted() throws JsonException {
        for (String value : List.of("null", "\"\"", "0", "0.0", "false", "[]", "{}")) {
            String text = "{\"Inner\":{\"Foo\":" + value + "},\"Bar\":" + value + "}";
            assertEquals(new Replicated(Optional.empty()), read(Outer.class, text).inner);
        }
    }

    @Test
    void wrongTypesAreToldWithPathFoundAndExpected() {
        String[][] rows = {
            {"{\"Text\":1}", "Text", "number", "string"},
            {"{\"Number\":\"1\"}", "Number", "string", "int64"},
            {"{\"Number\":9223372036854775808}", "Number", "number 9223372036854775808", "int64"},
            {"{\"Number\":1.0}", "Number", "number 1.0", "int64"},
            {"{\"Number\":1e3}", "Number", "number 1e3", "int64"},
            {"{\"Count\":2147483648}", "Count", "number 2147483648", "int32"},
            {"{\"Ratio\":1e400}", "Ratio", "number 1e400", "float64"},
            {"{\"Ratio\":\"\"}", "Ratio", "string", "float64"},
            {"{\"Ratio\":true}", "Ratio", "bool", "float64"},
            {"{\"Flag\":\"true\"}", "Flag", "string", "bool"},
            {"{\"Data\":[]}", "Data", "array", "[]uint8"},
            {"{\"Items\":{}}", "Items", "object", "[]string"},
            {"{\"Items\":[\"a\",7]}", "Items[1]", "number", "string"},
            {"{\"Labels\":[]}", "Labels", "array", "map[string]string"},
            {"{\"Labels\":{\"a.b\":{}}}", "Labels.a.b", "object", "string"},
            {"{\"Node\":{}}", "Node", "object", "string"},
        };
        for (String[] row : rows) {
            JsonException wrong = refusal(Plain.class, row[0]);
            assertEquals(JsonException.Fault.TYPE, wrong.fault(), row[0]);
            assertEquals(row[1], wrong.path(), row[0]);
            assertEquals(row[2], wrong.found(), row[0]);
            assertEquals(row[3], wrong.expected(), row[0]);
            assertEquals("json: cannot unmarshal " + row[2] + " into field " + row[1]
                + " of type " + row[3], wrong.getMessage());
        }
        assertEquals("json: cannot unmarshal array into value of type Plain",
            refusal(Plain.class, "[]").getMessage());
        assertEquals("Replicated", refusal(Outer.class, "{\"Inner\":7}").expected());
        assertEquals("Mode", refusal(Modes.class, "{\"Mode\":\"global\"}").expected());
    }

    @Test
    void whatARecordRefusesIsRefusedWithItsPath() {
        JsonException wrong =
            refusal(Holder.class, "{\"Ranges\":[{\"To\":1},{\"From\":2,\"To\":1}]}");
        assertEquals(JsonException.Fault.REFUSED, wrong.fault());
        assertEquals("Ranges[1]", wrong.path());
        assertEquals("from is after to", wrong.getMessage());
        assertEquals("Checked", wrong.expected());
        assertInstanceOf(IllegalArgumentException.class, wrong.getCause());
        assertTrue(wrong.toString().contains("Ranges[1]"), wrong.toString());
        assertEquals("an id has no spaces",
            refusal(Plain.class, "{\"Node\":\"a b\"}").getMessage());
    }

    @Test
    void nullItemsAreEmptyOnes() throws JsonException {
        assertEquals(List.of("", "a"), read(Plain.class, "{\"Items\":[null,\"a\"]}").items);
        assertEquals("", read(Plain.class, "{\"Labels\":{\"a\":null}}").labels.get("a"));
    }

    @Test
    void fractionsAreSpelledAsGoDoes() throws JsonException {
        Object[][] rows = {
            {1.0, "1"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {1e-6, "0.000001"}, {1e-7, "1e-7"},
            {1.25e-7, "1.25e-7"}, {1e20, "100000000000000000000"}, {1e21, "1e+21"},
            {123456789.125, "123456789.125"}, {1.7976931348623157e308, "1.7976931348623157e+308"},
            {4.9e-324, "4.9e-324"}, {999999999999999.9, "999999999999999.9"},
        };
        for (Object[] row : rows) {
            assertBothWays("{\"Value\":" + row[1] + "}", new Number((Double) row[0]));
        }
        for (double none : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> written(new Number(none)));
        }
    }

    @Test
    void timesAreToTheNanosecondWithoutTrailingZeros() throws JsonException {
        for (String time : List.of("2026-11-22T20:34:00.386084378Z",
            "2026-11-22T20:37:28.55719005Z",
            "2026-11-22T20:34:00.5Z", "2026-11-22T20:34:00.000000001Z", "2026-11-22T20:34:00Z",
            "2026-11-22T20:30:00.00001Z", "1969-12-31T23:59:59.9Z")) {
            assertBothWays("{\"At\":\"" + time + "\"}", new Stamp(Instant.parse(time)));
        }
        assertEquals(Instant.parse("2026-11-22T18:34:00Z"),
            read(Stamp.class, "{\"At\":\"2026-11-22T20:34:00+02:00\"}").at);
        for (String none : List.of("", "now", "2026-11-22", "2026-02-30T00:00:00Z",
            "2026-11-22T20:34:00", "2026-11-22T25:00:00Z", "1700000000")) {
            JsonException wrong = refusal(Stamp.class, "{\"At\":\"" + none + "\"}");
            assertEquals("not a time as in RFC 3339: \"" + none + "\"", wrong.getMessage());
            assertEquals("At", wrong.path());
        }
    }

    @Test
    void bytesAreBase64WithPadding() throws JsonException {
        assertEquals("{}", written(new Data(new byte[0])));
        for (int length = 0; length < 100; length++) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (i * 37 + length);
            }
            assertArrayEquals(bytes, read(Data.class, written(new Data(bytes))).data);
        }
        String[][] wrong = {{"*", "0"}, {"AA*A", "2"}, {"AAA", "3"}, {"A", "1"}, {"AA=A", "2"},
            {"====", "0"}, {"A===", "1"}, {"AAAA=", "5"}, {"=AAA", "0"}, {"AAAA\\n", "4"},
            {"AA-_", "2"}, {"AA=", "3"}};
        for (String[] row : wrong) {
            JsonException refused = refusal(Data.class, "{\"Data\":\"" + row[0] + "\"}");
            assertEquals("illegal base64 data at input byte " + row[1], refused.getMessage(),
                row[0]);
        }
    }

    private record Ring(Optional<List<Object>> items) { }

    private record Twice(@Name("A") String a, @Name("a") String b) { }

    @Scalar
    private record Pair(String a, String b) { }

    @Test
    void whatHasNoShapeIsABug() {
        for (Class<?> type : List.of(Ring.class, Twice.class, Pair.class, Object.class)) {
            assertThrows(IllegalArgumentException.class, () -> read(type, "{}"), type.getName());
        }
    }
}

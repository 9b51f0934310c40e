package swarm.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/// Values drawn from a seed survive being written and read; texts damaged from a seed are read or
/// refused, and nothing else happens.
class JsonFuzzTest {
    private static final int VALUES = 20_000;
    private static final int DAMAGED = 100_000;
    private static final String ALPHABET =
        "ab\"\\/<>&\u0000\u001f\n\t\r\b\f\u007fé€\u2028\u2029\ufffd";
    private static final List<String> NUMBERS = List.of("0", "-0", "1", "-17",
        "9223372036854775807", "0.5", "1e3", "-1.25E-7", "123456789012345678901234567890", "1e999");
    private static final String MARKS = "{}[]\",:\\0123456789-+.eEtfnu \n\u0000";

    private sealed interface Kind permits One, Other { }

    private record One(Optional<Long> replicas) implements Kind { }

    private record Other() implements Kind { }

    private enum Role { WORKER, MANAGER }

    private record Rich(@Name("ID") String id, long index, double ratio, boolean flag, byte[] data,
        Instant at, Optional<Instant> until, Optional<Role> role, List<One> ones,
        SortedMap<String, List<Integer>> table, Optional<Kind> kind, Json any) { }

    private static final String RICH = "{\"ID\":\"x\",\"Index\":12,\"Ratio\":0.5,\"Flag\":true,"
        + "\"Data\":\"AAEC\",\"At\":\"2026-11-22T20:34:00.386084378Z\","
        + "\"Until\":\"2026-11-22T20:34:00Z\",\"Role\":\"worker\",\"Ones\":[{\"Replicas\":3},{}],"
        + "\"Table\":{\"a\":[1,2],\"é\":[]},\"Kind\":{\"One\":{\"Replicas\":1}},"
        + "\"Any\":[null,{\"x\":\"\\ud83d\\ude00\\n\"},-1e5]}";

    private static Json value(Random random, int depth) {
        return switch (random.nextInt(depth < 5 ? 8 : 5)) {
            case 0 -> Json.NULL;
            case 1 -> new Json.Bool(random.nextBoolean());
            case 2 -> new Json.Num(NUMBERS.get(random.nextInt(NUMBERS.size())));
            case 3 -> Json.Num.of(random.nextLong());
            case 4 -> new Json.Str(string(random));
            case 5 -> array(random, depth);
            default -> object(random, depth);
        };
    }

    private static Json array(Random random, int depth) {
        ArrayList<Json> items = new ArrayList<>();
        for (int size = random.nextInt(5); size > 0; size--) {
            items.add(value(random, depth + 1));
        }
        return new Json.Arr(items);
    }

    private static Json object(Random random, int depth) {
        LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        for (int size = random.nextInt(5); size > 0; size--) {
            members.put(string(random), value(random, depth + 1));
        }
        return new Json.Obj(members);
    }

    private static String string(Random random) {
        StringBuilder text = new StringBuilder();
        for (int size = random.nextInt(8); size > 0; size--) {
            if (random.nextInt(8) == 0) {
                text.appendCodePoint(0x10000 + random.nextInt(0x100000));
            } else {
                text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
        }
        return text.toString();
    }

    @Test
    void whatIsWrittenReadsTheSame() throws JsonException {
        Random random = new Random(1);
        for (int i = 0; i < VALUES; i++) {
            Json value = value(random, 0);
            String text = value.text();
            assertEquals(value, Json.parse(text), text);
            assertEquals(value, Json.parse(text.getBytes(StandardCharsets.UTF_8)), text);
            assertEquals(text, Json.parse(value.pretty()).text());
        }
    }

    private static byte[] damaged(Random random, byte[] text) {
        StringBuilder out = new StringBuilder(new String(text, StandardCharsets.ISO_8859_1));
        for (int times = 1 + random.nextInt(3); times > 0 && out.length() > 1; times--) {
            int at = random.nextInt(out.length());
            int end = Math.min(out.length(), at + random.nextInt(6));
            switch (random.nextInt(6)) {
                case 0 -> out.setCharAt(at, (char) random.nextInt(256));
                case 1 -> out.setCharAt(at, MARKS.charAt(random.nextInt(MARKS.length())));
                case 2 -> out.insert(at, MARKS.charAt(random.nextInt(MARKS.length())));
                case 3 -> out.delete(at, end);
                case 4 -> out.insert(random.nextInt(out.length()), out.substring(at, end));
                default -> out.setLength(at);
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void damagedTextIsReadOrRefused() {
        Random random = new Random(2);
        int read = 0;
        for (int i = 0; i < DAMAGED / 2; i++) {
            byte[] whole = value(random, 0).text().getBytes(StandardCharsets.UTF_8);
            read += isStable(damaged(random, whole)) ? 1 : 0;
        }
        assertTrue(read > DAMAGED / 50 && read < DAMAGED / 2, "read " + read);
    }

    private static boolean isStable(byte[] bytes) {
        try {
            Json value = Json.parse(bytes);
            assertEquals(value, Json.parse(value.text()));
            return true;
        } catch (JsonException refused) {
            assertTrue(refused.getMessage().length() > 10 && refused.offset() >= 0);
            return false;
        }
    }

    @Test
    void damagedRecordsAreReadOrRefused() {
        Random random = new Random(3);
        byte[] whole = RICH.getBytes(StandardCharsets.UTF_8);
        int read = isRecord(whole) ? 1 : 0;
        assertEquals(1, read);
        for (int i = 0; i < DAMAGED / 2; i++) {
            read += isRecord(damaged(random, whole)) ? 1 : 0;
        }
        assertTrue(read > DAMAGED / 100 && read < DAMAGED / 2, "read " + read);
    }

    private static boolean isRecord(byte[] bytes) {
        try {
            Rich rich = RecordCodec.fromBytes(Rich.class, bytes);
            byte[] again = RecordCodec.toBytes(rich, Audience.LOG);
            Rich same = RecordCodec.fromBytes(Rich.class, again);
            byte[] thrice = RecordCodec.toBytes(same, Audience.LOG);
            assertEquals(new String(again, StandardCharsets.UTF_8),
                new String(thrice, StandardCharsets.UTF_8));
            return true;
        } catch (JsonException refused) {
            assertTrue(refused.getMessage().length() > 5);
            return false;
        }
    }

    @Test
    void memoryIsBoundedByTheText() throws JsonException {
        List<String> greedy = List.of("[" + "0,".repeat(200_000) + "0]",
            "[" + "{},".repeat(200_000) + "0]", "[" + "[],".repeat(200_000) + "0]",
            "[" + "[0],".repeat(200_000) + "0]", "[" + "{\"\":0},".repeat(100_000) + "0]",
            "\"" + "\\n".repeat(500_000) + "\"", "9".repeat(1_000_000));
        for (String text : greedy) {
            long before = allocated();
            Json.parse(text);
            long times = (allocated() - before) / text.length();
            assertTrue(times < 100, times + " times " + text.substring(0, 10));
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
            .getCurrentThreadAllocatedBytes();
    }
}

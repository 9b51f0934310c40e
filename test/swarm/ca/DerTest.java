package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// DER both ways, against encodings taken from X.690, from `openssl asn1parse` and worked by hand.
final class DerTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test void writesEachValueInItsOneWay() throws IOException {
        for (List<String> row : Golden.rows("values.txt")) {
            byte[] written = write(row.get(0), row.get(1));
            assertEquals(row.get(2), HEX.formatHex(written), row.toString());
        }
    }

    @Test void readsWhatItWrites() throws IOException, MalformedException {
        for (List<String> row : Golden.rows("values.txt")) {
            DerReader reader = DerReader.over(HEX.parseHex(row.get(2)));
            assertEquals(row.get(1), read(reader, row.get(0)), row.toString());
            reader.end();
        }
    }

    @Test void refusesMalformedBytesAndSaysWhy() throws IOException {
        for (List<String> row : Golden.rows("malformed.txt")) {
            DerReader reader = DerReader.over(HEX.parseHex(row.get(1)));
            MalformedException refusal = assertThrows(MalformedException.class,
                () -> read(reader, row.get(0)), row.toString());
            assertTrue(refusal.getMessage().endsWith("at byte 0: expected " + row.get(2)),
                row + ": " + refusal.getMessage());
        }
    }

    @Test void writesLengthsInTheirShortestForm() {
        assertEquals("047f", start(127));
        assertEquals("048180", start(128));
        assertEquals("0481ff", start(255));
        assertEquals("04820100", start(256));
        assertEquals("0482ffff", start(65535));
        assertEquals("0483010000", start(65536));
    }

    private static String start(int length) {
        byte[] written = Der.octets(new byte[length]);
        return HEX.formatHex(written, 0, written.length - length);
    }

    @Test void readsBackEveryLength() throws MalformedException {
        for (int length = 0; length < 70_000; length += length < 300 ? 1 : 997) {
            assertEquals(length, DerReader.over(Der.octets(new byte[length]))
                .content(Der.OCTET_STRING).length);
        }
    }

    @Test void elementEndsInsideTheOneAroundIt() throws MalformedException {
        DerReader inner = DerReader.over(HEX.parseHex("3003040201020304")).enter(Der.SEQUENCE);
        assertThrows(MalformedException.class, () -> inner.content(Der.OCTET_STRING));
    }

    @Test void leftOverBytesAreRefused() throws MalformedException {
        DerReader inner = DerReader.over(HEX.parseHex("3006020101020102")).enter(Der.SEQUENCE);
        inner.integer();
        assertFalse(inner.atEnd());
        assertThrows(MalformedException.class, inner::end);
    }

    @Test void nestsSixteenDeepAndNoDeeper() throws MalformedException {
        byte[] nested = Der.sequence();
        for (int i = 0; i < 20; i++) {
            nested = Der.sequence(nested);
        }
        DerReader reader = DerReader.over(nested);
        for (int i = 0; i < 16; i++) {
            reader = reader.enter(Der.SEQUENCE);
        }
        DerReader deepest = reader;
        assertThrows(MalformedException.class, () -> deepest.enter(Der.SEQUENCE));
    }

    @Test void acceptsExactlyWhatItWouldWrite() throws Exception {
        byte[] seed = Certificate.listFromPem(Golden.text("docker-root.pem")).getFirst().der();
        SplittableRandom random = new SplittableRandom(1);
        int accepted = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = Damage.once(seed, random);
            byte[] again;
            try {
                again = rewrite(DerReader.over(bytes));
            } catch (MalformedException e) {
                assertFalse(e.getMessage().isEmpty());
                continue;
            }
            accepted++;
            assertArrayEquals(bytes, again);
        }
        assertTrue(accepted > 1000, "too few mutants get through to mean anything: " + accepted);
    }

    /// Takes everything apart, as deep as it goes, and writes it again.
    private static byte[] rewrite(DerReader reader) throws MalformedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (!reader.atEnd()) {
            int tag = 0;
            while (!reader.next(tag)) {
                tag++;
            }
            boolean nests = (tag & 0x20) != 0;
            out.writeBytes(nests ? Der.element(tag, rewrite(reader.enter(tag)))
                : tag == Der.OID ? Der.oid(reader.oid())
                : tag == Der.INTEGER ? Der.integer(reader.integer())
                : tag == Der.UTC_TIME ? Der.time(reader.time())
                : Der.element(tag, reader.content(tag)));
        }
        return out.toByteArray();
    }

    private static byte[] write(String kind, String value) {
        return switch (kind) {
            case "integer" -> Der.integer(new BigInteger(value));
            case "bool" -> Der.yes();
            case "oid" -> Der.oid(value);
            case "flags" -> Der.flags(Integer.parseInt(value));
            case "bits" -> Der.bits(HEX.parseHex(value));
            case "octets" -> Der.octets(HEX.parseHex(value));
            case "text" -> Der.printable(value);
            case "time" -> Der.time(Instant.parse(value));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static String read(DerReader reader, String kind) throws MalformedException {
        return switch (kind) {
            case "integer" -> reader.integer().toString();
            case "bool" -> Boolean.toString(reader.bool());
            case "oid" -> reader.oid();
            case "flags" -> Integer.toString(reader.flags());
            case "bits" -> HEX.formatHex(reader.bits());
            case "octets" -> HEX.formatHex(reader.content(Der.OCTET_STRING));
            case "text" -> reader.text();
            case "time" -> reader.time().toString();
            default -> throw new IllegalArgumentException(kind);
        };
    }
}

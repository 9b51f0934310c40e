package swarm.ca;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Writes as much ASN.1 in DER as certificates need. Every function returns one complete element:
/// a tag octet, the length of the content, the content; elements nest by being content. There is
/// one way only to write a value, so equal values are equal bytes and can be signed.
/// `DerReader` is the other direction.
///
///     30 06             SEQUENCE of 6 octets
///        01 01 FF          BOOLEAN true
///        02 01 05          INTEGER 5
///
/// (ITU-T X.690 §8 and §10; RFC 5280 §4.1.2.5 on dates)
final class Der {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OID = 0x06;
    static final int UTF8_STRING = 0x0C;
    static final int PRINTABLE_STRING = 0x13;
    static final int IA5_STRING = 0x16;
    static final int UTC_TIME = 0x17;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private static final int FIRST_GENERALIZED_YEAR = 2050;

    private Der() {
    }

    /// The tag octet of `[number]` around other elements.
    static int wrapped(int number) {
        return 0xA0 | number;
    }

    /// The tag octet of `[number]` that stands in the place of a plain value's own tag.
    static int plain(int number) {
        return 0x80 | number;
    }

    /// One element whose content is the parts, one after the other.
    static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        writeLength(out, content.size());
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
            return;
        }
        int octets = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
        out.write(0x80 | octets);
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
            out.write(length >>> shift);
        }
    }

    static byte[] sequence(byte[]... parts) {
        return element(SEQUENCE, parts);
    }

    static byte[] set(byte[] only) {
        return element(SET, only);
    }

    static byte[] yes() {
        return element(BOOLEAN, new byte[] {(byte) 0xFF});
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] integer(long value) {
        return integer(BigInteger.valueOf(value));
    }

    static byte[] octets(byte[] content) {
        return element(OCTET_STRING, content);
    }

    /// A string of bits whose last octet is whole.
    static byte[] bits(byte[] content) {
        return element(BIT_STRING, new byte[] {0}, content);
    }

    /// A list of flags: bit 0 is the highest bit of the octet, zeros at the end are left out.
    static byte[] flags(int octet) {
        int unused = octet == 0 ? 0 : Integer.numberOfTrailingZeros(octet);
        byte[] content = octet == 0 ? new byte[0] : new byte[] {(byte) octet};
        return element(BIT_STRING, new byte[] {(byte) unused}, content);
    }

    static byte[] printable(String text) {
        return element(PRINTABLE_STRING, text.getBytes(StandardCharsets.US_ASCII));
    }

    /// An object identifier given as `1.2.840.10045.2.1`.
    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        writeArc(content, 40 * Long.parseLong(arcs[0]) + Long.parseLong(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            writeArc(content, Long.parseLong(arcs[i]));
        }
        return element(OID, content.toByteArray());
    }

    private static void writeArc(ByteArrayOutputStream out, long arc) {
        int groups = Math.max(1, (64 - Long.numberOfLeadingZeros(arc) + 6) / 7);
        for (int shift = 7 * (groups - 1); shift > 0; shift -= 7) {
            out.write((int) (arc >>> shift) & 0x7F | 0x80);
        }
        out.write((int) arc & 0x7F);
    }

    /// A moment to the second: two digits for the years 1950 to 2049, four for the others.
    static byte[] time(Instant instant) {
        LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        int year = utc.getYear();
        if (year < 0 || year > 9999) {
            throw new IllegalArgumentException("a certificate cannot say the year " + year);
        }
        boolean brief = year >= FIRST_GENERALIZED_YEAR - 100 && year < FIRST_GENERALIZED_YEAR;
        StringBuilder text = new StringBuilder();
        if (!brief) {
            twoDigits(text, year / 100);
        }
        twoDigits(text, year % 100);
        twoDigits(text, utc.getMonthValue());
        twoDigits(text, utc.getDayOfMonth());
        twoDigits(text, utc.getHour());
        twoDigits(text, utc.getMinute());
        twoDigits(text, utc.getSecond());
        byte[] content = text.append('Z').toString().getBytes(StandardCharsets.US_ASCII);
        return element(brief ? UTC_TIME : GENERALIZED_TIME, content);
    }

    private static void twoDigits(StringBuilder text, int value) {
        text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}

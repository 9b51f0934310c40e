package swarm.ca;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/// Reads DER, one element after the other: each call takes the element at the cursor, which must
/// have the tag asked for, and moves behind it. It accepts what DER allows and nothing else (no
/// indefinite or padded lengths, one spelling of each integer, boolean and identifier), so what is
/// accepted is exactly what `Der` would write. It never looks behind the end of the element it
/// is in, whatever a length claims, and copies no more than it was given.
///
/// (ITU-T X.690 §8.1, §10.1, §11)
final class DerReader {
    /// A certificate nests 9 deep; the bound keeps damage from nesting as deep as it is long.
    private static final int DEPTH_MAX = 16;
    /// Four octets say any length an array can have.
    private static final int LENGTH_OCTETS_MAX = 4;
    /// Longer identifiers are legal, but none that we know comes near.
    private static final int ARC_BITS_MAX = 56;

    private final byte[] bytes;
    private final int end;
    private final int depth;
    /// Offset of the next octet; every reading call moves it forward.
    private int at;
    /// Offset of the element last asked for, which a refusal names.
    private int element;

    private DerReader(byte[] bytes, int at, int end, int depth) {
        this.bytes = bytes;
        this.at = at;
        this.element = at;
        this.end = end;
        this.depth = depth;
    }

    /// Reads these bytes, which nobody must change meanwhile.
    static DerReader over(byte[] bytes) {
        return new DerReader(bytes, 0, bytes.length, 0);
    }

    boolean atEnd() {
        return at == end;
    }

    /// Whether the next element has this tag; false at the end.
    boolean next(int tag) {
        return at < end && (bytes[at] & 0xFF) == tag;
    }

    /// Fails when something is left in this element.
    void end() throws MalformedException {
        element = at;
        require(atEnd(), "the end of the enclosing element");
    }

    /// A reader of what is inside the next element.
    DerReader enter(int tag) throws MalformedException {
        element = at;
        require(depth < DEPTH_MAX, "no more than 16 levels");
        require(next(tag & 0xFF), "tag 0x" + Integer.toHexString(tag & 0xFF));
        require((tag & 0x1F) != 0x1F, "a tag of one octet");
        int from = at + 1;
        int length = length(from);
        int content = from + lengthOctets(from);
        at = content + length;
        return new DerReader(bytes, content, at, depth + 1);
    }

    /// The content of the next element.
    byte[] content(int tag) throws MalformedException {
        DerReader inner = enter(tag);
        return Arrays.copyOfRange(bytes, inner.at, inner.end);
    }

    /// The whole next element, as it stands: what signatures cover and names are compared by.
    byte[] element(int tag) throws MalformedException {
        int start = at;
        enter(tag);
        return Arrays.copyOfRange(bytes, start, at);
    }

    boolean bool() throws MalformedException {
        byte[] content = content(Der.BOOLEAN);
        boolean spelledRight = content.length == 1 && (content[0] == 0 || content[0] == -1);
        require(spelledRight, "a boolean of one octet, 00 or FF");
        return content[0] == -1;
    }

    BigInteger integer() throws MalformedException {
        byte[] content = content(Der.INTEGER);
        require(content.length > 0, "an integer of at least one octet");
        boolean padded = content.length > 1 && content[0] == content[1] >> 7;
        require(!padded, "an integer without a superfluous first octet");
        return new BigInteger(content);
    }

    /// An integer that must be this one: a version.
    void integer(int expected) throws MalformedException {
        require(integer().equals(BigInteger.valueOf(expected)), "the integer " + expected);
    }

    /// A string of whole octets.
    byte[] bits() throws MalformedException {
        byte[] content = content(Der.BIT_STRING);
        require(content.length > 0 && content[0] == 0, "a bit string of whole octets");
        return Arrays.copyOfRange(content, 1, content.length);
    }

    /// The first eight of a list of flags, bit 0 highest; those left out are zero.
    int flags() throws MalformedException {
        byte[] content = content(Der.BIT_STRING);
        require(content.length > 0, "a count of unused bits");
        int unused = content[0];
        int last = content[content.length - 1];
        boolean none = content.length == 1 && unused == 0;
        boolean exact = content.length > 1 && unused >= 0 && unused < 8
            && Integer.numberOfTrailingZeros(last) == unused;
        require(none || exact, "flags without zeros at the end");
        return none ? 0 : content[1] & 0xFF;
    }

    String oid() throws MalformedException {
        byte[] content = content(Der.OID);
        require(content.length > 0 && content[content.length - 1] >= 0, "a whole identifier");
        StringBuilder dotted = new StringBuilder();
        long arc = 0;
        for (byte octet : content) {
            require(arc != 0 || octet != (byte) 0x80, "an identifier without padding");
            require(arc >>> ARC_BITS_MAX - 7 == 0, "an identifier with smaller numbers");
            arc = arc << 7 | octet & 0x7F;
            if (octet >= 0) {
                appendArc(dotted, arc);
                arc = 0;
            }
        }
        return dotted.toString();
    }

    /// The first number of the encoding holds the first two of the identifier.
    private static void appendArc(StringBuilder dotted, long arc) {
        if (dotted.isEmpty()) {
            long first = Math.min(arc / 40, 2);
            dotted.append(first).append('.').append(arc - 40 * first);
        } else {
            dotted.append('.').append(arc);
        }
    }

    /// Text in one of the alphabets in use for names today.
    String text() throws MalformedException {
        boolean utf8 = next(Der.UTF8_STRING);
        boolean ascii = next(Der.PRINTABLE_STRING) || next(Der.IA5_STRING);
        element = at;
        require(utf8 || ascii, "a UTF8, printable or IA5 string");
        Charset charset = utf8 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII;
        byte[] content = content(bytes[at]);
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw failure("text in " + charset.name());
        }
    }

    Instant time() throws MalformedException {
        boolean brief = next(Der.UTC_TIME);
        byte[] digits = content(brief ? Der.UTC_TIME : Der.GENERALIZED_TIME);
        int yearDigits = brief ? 2 : 4;
        boolean shaped = digits.length == yearDigits + 11 && digits[digits.length - 1] == 'Z';
        require(shaped, "a date to the second that ends in Z");
        int year = number(digits, 0);
        int month = yearDigits;
        if (brief) {
            year += year < 50 ? 2000 : 1900;
        } else {
            year = 100 * year + number(digits, 2);
        }
        try {
            return LocalDateTime.of(year, number(digits, month), number(digits, month + 2),
                number(digits, month + 4), number(digits, month + 6), number(digits, month + 8))
                .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw failure("a date that exists");
        }
    }

    private int number(byte[] digits, int from) throws MalformedException {
        int tens = digits[from] - '0';
        int ones = digits[from + 1] - '0';
        require(tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9, "a date made of digits");
        return 10 * tens + ones;
    }

    private int lengthOctets(int from) {
        return bytes[from] >= 0 ? 1 : 1 + (bytes[from] & 0x7F);
    }

    private int length(int from) throws MalformedException {
        require(from < end, "a length");
        int octets = lengthOctets(from);
        require(octets != 1 || bytes[from] >= 0, "a definite length");
        require(octets <= 1 + LENGTH_OCTETS_MAX && from + octets <= end,
            "a whole length of at most 4 octets");
        long length = octets == 1 ? bytes[from] : 0;
        for (int i = 1; i < octets; i++) {
            length = length << 8 | bytes[from + i] & 0xFF;
        }
        boolean shortest = octets == 1
            || length >= 0x80 && length >>> 8 * (octets - 2) != 0;
        require(shortest, "a length in its shortest form");
        require(length <= end - from - octets, "an element that ends inside the enclosing one");
        return (int) length;
    }

    private void require(boolean holds, String expected) throws MalformedException {
        if (!holds) {
            throw failure(expected);
        }
    }

    private MalformedException failure(String expected) {
        return new MalformedException(
            "malformed DER at byte " + element + ": expected " + expected);
    }
}

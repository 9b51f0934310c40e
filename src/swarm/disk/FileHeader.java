package swarm.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The first 64 bytes of a log segment or a snapshot: what it is, and the salt of its key.
///
///     0  8  "swarmlog" or "swarmsnp"
///     8  2  format version, 1
///    10  2  cipher, 1 = ChaCha20-Poly1305
///    12  4  bytes in the file (a segment never changes its size), 0 in a snapshot
///    16  8  the number in the file's name
///    24 16  salt
///    40  8  key check: tells a wrong data key from damage
///    48 12  zero
///    60  4  CRC-32C of bytes 0..59
///
/// Invariants: all 64 bytes lie in one sector, with the first record after them. Numbers are
/// big-endian, here and in all our files.
record FileHeader(Kind kind, int fileBytes, long number, byte[] salt, byte[] keyCheck) {
    static final int BYTES = 64;
    static final int SALT_BYTES = 16;
    static final int TAG_AT = 24;
    static final int CHECK_BYTES = 8;
    static final short VERSION = 1;
    static final short CHACHA20_POLY1305 = 1;

    /// The two kinds of file, by their first 8 bytes.
    enum Kind {
        LOG(0x737761726d6c6f67L), SNAPSHOT(0x737761726d736e70L);

        final long magic;

        Kind(long magic) {
            this.magic = magic;
        }
    }

    /// What a file of these first 24 bytes is, and which: goes into its key.
    static byte[] about(Kind kind, int fileBytes, long number) {
        return ByteBuffer.allocate(24).putLong(kind.magic).putShort(VERSION)
            .putShort(CHACHA20_POLY1305).putInt(fileBytes).putLong(number).array();
    }

    byte[] about() {
        return about(kind, fileBytes, number);
    }

    /// The first 8 bytes of the salt, which every record of the file repeats.
    long tag() {
        return ByteBuffer.wrap(salt).getLong();
    }

    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).put(about()).put(salt).put(keyCheck);
        bytes.putInt(BYTES - 4, crc(bytes.array()));
        return bytes.array();
    }

    /// The header in these bytes, or what is wrong with them.
    static FileHeader decode(Kind kind, byte[] bytes) throws Malformed {
        if (bytes.length < BYTES) {
            throw new Malformed("it ends in its header");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(BYTES - 4) != crc(bytes)) {
            throw new Malformed("the header's checksum does not match");
        }
        if (in.getLong() != kind.magic) {
            throw new Malformed("it is another kind of file");
        }
        short version = in.getShort();
        short cipher = in.getShort();
        if (version != VERSION || cipher != CHACHA20_POLY1305) {
            throw new Malformed("it has format " + version + " and cipher " + cipher
                + ", this program reads format " + VERSION + " and cipher " + CHACHA20_POLY1305);
        }
        return new FileHeader(kind, in.getInt(), in.getLong(),
            Arrays.copyOfRange(bytes, TAG_AT, TAG_AT + SALT_BYTES),
            Arrays.copyOfRange(bytes, 40, 40 + CHECK_BYTES));
    }

    private static int crc(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, BYTES - 4);
        return (int) crc.getValue();
    }

    /// Bytes that are no header, and why.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String why) {
            super(why);
        }
    }
}

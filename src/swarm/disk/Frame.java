package swarm.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// One record as it lies in a file: 32 bytes that can be checked by themselves, the sealed bytes,
/// and 0xFF up to the next multiple of 32.
///
///      0  8  tag: the first 8 bytes of the file's salt
///      8  4  number of this record in the file, from 0; also its nonce
///     12  4  number of the first record that was written together with this one
///     16  4  bytes sealed
///     20  4  CRC-32C of the sealed bytes and the padding
///     24  4  zero
///     28  4  CRC-32C of bytes 0..27
///
/// The idea: records begin at multiples of 32, so these 32 bytes never straddle two sectors: a torn
/// write leaves them whole or zero. And the padding is not zero, so a sector that a record reaches
/// into is never all zero once it was written. `SegmentScan` argues from both.
///
/// Leaves to others: what the record says (`LogRecord`, `Snapshots`).
/// Source: leveldb's doc/log_format.md for records that can be found again after damage.
record Frame(long tag, int number, int batch, int sealedBytes, int crc) {
    static final int HEADER_BYTES = 32;
    static final byte PADDING = (byte) 0xFF;

    private static final int HEADER_CRC_AT = 28;
    private static final int AUTHENTICATED_BYTES = 16;

    /// Bytes that a record of `plainBytes` takes in a file.
    static int bytesOf(int plainBytes) {
        return aligned(HEADER_BYTES + plainBytes + Seal.TAG_BYTES);
    }

    /// Bytes that this record takes in its file.
    int bytes() {
        return aligned(HEADER_BYTES + sealedBytes);
    }

    private static int aligned(int bytes) {
        return (bytes + HEADER_BYTES - 1) & -HEADER_BYTES;
    }

    /// Seals `plain` as record `number` and puts the whole frame into `out`.
    static void write(ByteBuffer out, Seal.FileKey key, int number, int batch, byte[] plain) {
        long tag = key.header().tag();
        byte[] sealed = key.seal(number, authenticated(tag, number, batch), plain);
        int padded = aligned(sealed.length);
        byte[] body = Arrays.copyOf(sealed, padded);
        Arrays.fill(body, sealed.length, padded, PADDING);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).putLong(tag).putInt(number)
            .putInt(batch).putInt(sealed.length).putInt(crc(body, 0, padded)).putInt(0);
        header.putInt(crc(header.array(), 0, HEADER_CRC_AT));
        out.put(header.array()).put(body);
    }

    /// The frame's header at `offset`, if it is whole and the record would end within `bytes`.
    static Optional<Frame> at(byte[] bytes, int offset) {
        if (offset + HEADER_BYTES > bytes.length) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, HEADER_BYTES);
        Frame frame = new Frame(in.getLong(), in.getInt(), in.getInt(), in.getInt(), in.getInt());
        boolean fits = frame.sealedBytes >= Seal.TAG_BYTES
            && frame.sealedBytes <= bytes.length - offset - HEADER_BYTES;
        return in.getInt() == 0 && fits && in.getInt() == crc(bytes, offset, HEADER_CRC_AT)
            ? Optional.of(frame) : Optional.empty();
    }

    /// Whether the sealed bytes behind the header at `offset` are the ones that were written.
    boolean intact(byte[] bytes, int offset) {
        return offset + bytes() <= bytes.length
            && crc(bytes, offset + HEADER_BYTES, bytes() - HEADER_BYTES) == crc;
    }

    /// What was sealed, or empty if this file's key did not seal it.
    Optional<byte[]> plain(Seal.FileKey key, byte[] bytes, int offset) {
        int begin = offset + HEADER_BYTES;
        return key.unseal(number, authenticated(tag, number, batch),
            Arrays.copyOfRange(bytes, begin, begin + sealedBytes));
    }

    private static byte[] authenticated(long tag, int number, int batch) {
        return ByteBuffer.allocate(AUTHENTICATED_BYTES)
            .putLong(tag).putInt(number).putInt(batch).array();
    }

    private static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}

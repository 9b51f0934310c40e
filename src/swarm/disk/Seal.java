package swarm.disk;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import swarm.Invariant;

/// Encryption at rest: one data key, and a key of its own for every file.
///
/// The idea: a file's key is HKDF-SHA256(data key, the file's salt), and the nonce of a record is
/// its number in the file. No file is ever appended to again once it was closed or a crash passed,
/// so no nonce is used twice with one key, without anything to remember. ChaCha20 rather than AES:
/// in a JVM that just started it is three times as fast, and a start reads a whole segment.
///
/// Leaves to others: where the data key lies (`StateDir`), what is sealed (`Frame`).
/// Invariants: a salt is drawn for each file begun, nothing else is.
/// Source: RFC 5869 (HKDF), RFC 8439 §2.8 (AEAD; §4: unique nonces), swarm-state(5).
public final class Seal {
    /// Bytes in a data key.
    public static final int KEY_BYTES = 32;

    /// What sealing adds to the bytes: the authentication tag.
    static final int TAG_BYTES = 16;

    private static final int NONCE_BYTES = 12;

    private final byte[] dataKey;
    private final RandomGenerator chance;

    /// Seals with `dataKey`; salts come from `chance`, in a daemon a SecureRandom.
    public Seal(byte[] dataKey, RandomGenerator chance) {
        Invariant.check(dataKey.length == KEY_BYTES, "a data key has 32 bytes");
        this.dataKey = dataKey.clone();
        this.chance = chance;
    }

    /// The key of a new file, with a new salt.
    FileKey begin(FileHeader.Kind kind, int fileBytes, long number) {
        byte[] salt = new byte[FileHeader.SALT_BYTES];
        chance.nextBytes(salt);
        byte[] derived = derive(salt, FileHeader.about(kind, fileBytes, number));
        return new FileKey(
            new FileHeader(kind, fileBytes, number, salt, check(derived)), derived);
    }

    /// The key of a file that begins with `header`; empty if that file has another data key.
    Optional<FileKey> open(FileHeader header) {
        byte[] derived = derive(header.salt(), header.about());
        return Arrays.equals(check(derived), header.keyCheck())
            ? Optional.of(new FileKey(header, derived)) : Optional.empty();
    }

    private static byte[] check(byte[] derived) {
        return Arrays.copyOfRange(derived, KEY_BYTES, derived.length);
    }

    private byte[] derive(byte[] salt, byte[] about) {
        try {
            return KDF.getInstance("HKDF-SHA256").deriveData(
                HKDFParameterSpec.ofExtract().addIKM(dataKey).addSalt(salt)
                    .thenExpand(about, KEY_BYTES + FileHeader.CHECK_BYTES));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no HKDF-SHA256", missing);
        }
    }

    /// The key of one file. Used by one thread at a time.
    static final class FileKey {
        private final FileHeader header;
        private final SecretKeySpec key;
        private final Cipher cipher;

        private FileKey(FileHeader header, byte[] derived) {
            this.header = header;
            this.key = new SecretKeySpec(derived, 0, KEY_BYTES, "ChaCha20");
            try {
                this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
            } catch (GeneralSecurityException missing) {
                throw new IllegalStateException("this Java has no ChaCha20-Poly1305", missing);
            }
        }

        FileHeader header() {
            return header;
        }

        /// The sealed bytes of record `number`; `open` is only checked, it stays readable.
        byte[] seal(int number, byte[] open, byte[] plain) {
            try {
                cipher.init(Cipher.ENCRYPT_MODE, key, nonce(number));
                cipher.updateAAD(open);
                return cipher.doFinal(plain);
            } catch (GeneralSecurityException bug) {
                throw new IllegalStateException("sealing failed", bug);
            }
        }

        /// What was sealed; empty if these are not the bytes that this key sealed as that record.
        Optional<byte[]> unseal(int number, byte[] open, byte[] sealed) {
            try {
                cipher.init(Cipher.DECRYPT_MODE, key, nonce(number));
                cipher.updateAAD(open);
                return Optional.of(cipher.doFinal(sealed));
            } catch (AEADBadTagException forged) {
                return Optional.empty();
            } catch (GeneralSecurityException bug) {
                throw new IllegalStateException("unsealing failed", bug);
            }
        }

        private static IvParameterSpec nonce(int number) {
            byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .putInt(NONCE_BYTES - Integer.BYTES, number).array();
            return new IvParameterSpec(nonce);
        }
    }
}

package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Keys and signatures.
final class SigningKeyTest {
    private static final byte[] DATA = {1, 2, 3};

    @Test void seedRepeatsKeysAndSignatures() {
        SigningKey one = SigningKey.make(new Seeded(1));
        SigningKey same = SigningKey.make(new Seeded(1));
        assertEquals(one.pem(), same.pem());
        assertArrayEquals(one.sign(DATA, new Seeded(2)), same.sign(DATA, new Seeded(2)));
    }

    @Test void otherSeedsMakeOtherKeysAndSignatures() {
        SigningKey one = SigningKey.make(new Seeded(1));
        assertNotEquals(one.pem(), SigningKey.make(new Seeded(2)).pem());
        assertNotEquals(HexFormat.of().formatHex(one.sign(DATA, new Seeded(1))),
            HexFormat.of().formatHex(one.sign(DATA, new Seeded(2))));
    }

    @Test void signatureIsOfThisKeyAndThisData() {
        SigningKey key = SigningKey.make(new Seeded(1));
        byte[] signed = key.sign(DATA, new Seeded(2));
        assertTrue(key.verifyingKey().verifies(DATA, signed));
        assertFalse(key.verifyingKey().verifies(new byte[] {1, 2, 4}, signed));
        assertFalse(SigningKey.make(new Seeded(3)).verifyingKey().verifies(DATA, signed));
        assertFalse(key.verifyingKey().verifies(DATA, new byte[] {0x30, 0}));
        assertFalse(key.verifyingKey().verifies(DATA, new byte[0]));
    }

    @Test void everyKeyFillsItsPlaces() throws MalformedException {
        for (int seed = 0; seed < 400; seed++) {
            SigningKey key = SigningKey.make(new Seeded(seed));
            SigningKey again = SigningKey.fromPem(key.pem());
            assertEquals(key.pem(), again.pem());
            assertTrue(key.verifyingKey().sameAs(again.verifyingKey()));
            byte[] signed = again.sign(DATA, new Seeded(seed));
            assertTrue(key.verifyingKey().verifies(DATA, signed), "seed " + seed);
        }
    }

    @Test void readsAKeyMadeByOpenssl() throws IOException, MalformedException {
        SigningKey key = SigningKey.fromPem(Golden.text("openssl-root.key"));
        Certificate root = Certificate.listFromPem(Golden.text("openssl-root.pem")).getFirst();
        assertTrue(root.verifyingKey().verifies(DATA, key.sign(DATA, new Seeded(1))));
    }

    @Test void refusesOtherKeysByName() throws IOException {
        refuses("no PEM block PRIVATE KEY", "nothing");
        refuses("no PEM block PRIVATE KEY", Golden.text("root.pem"));
        refuses("without its last line", "-----BEGIN PRIVATE KEY-----\nMAA=\n");
        refuses("base 64", "-----BEGIN PRIVATE KEY-----\nM%A=\n-----END PRIVATE KEY-----\n");
        refuses("another kind", Golden.text("p384.key"));
        refuses("`openssl pkey` rewrites it", Golden.text("no-public-half.key"));
        refuses("out of the range", Pem.encode(Pem.KEY, withNumber(new byte[32])));
        byte[] order = HexFormat.of().parseHex(
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        refuses("out of the range", Pem.encode(Pem.KEY, withNumber(order)));
    }

    private static byte[] withNumber(byte[] number) {
        byte[] point = SigningKey.make(new Seeded(1)).verifyingKey().point();
        byte[] key = Der.sequence(Der.integer(1), Der.octets(number),
            Der.element(Der.wrapped(1), Der.bits(point)));
        return Der.sequence(Der.integer(0), VerifyingKey.ALGORITHM, Der.octets(key));
    }

    private static void refuses(String reason, String pem) {
        String message = assertThrows(MalformedException.class, () -> SigningKey.fromPem(pem))
            .getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test void showsNothingOfItself() {
        SigningKey key = SigningKey.make(new Seeded(1));
        assertEquals("SigningKey[hidden]", key.toString());
    }

    @Test void damagedKeyIsRefusedOrRead() throws IOException {
        byte[] good = Golden.text("node.key").getBytes(StandardCharsets.US_ASCII);
        SplittableRandom random = new SplittableRandom(3);
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = Damage.once(good, random);
            try {
                SigningKey.fromPem(new String(damaged, StandardCharsets.ISO_8859_1));
            } catch (MalformedException e) {
                assertFalse(e.getMessage().isEmpty());
                refused++;
            }
        }
        assertTrue(refused > 10_000, "refused " + refused);
    }
}

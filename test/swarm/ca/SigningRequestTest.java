package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Requests for certificates.
final class SigningRequestTest {
    @Test void carriesTheKeyThere() throws MalformedException {
        SigningKey key = SigningKey.make(new Seeded(1));
        String pem = SigningRequest.make(key, new Seeded(2)).pem();
        assertTrue(SigningRequest.fromPem(pem).verifyingKey().sameAs(key.verifyingKey()));
    }

    @Test void seedRepeatsIt() {
        SigningKey key = SigningKey.make(new Seeded(1));
        assertEquals(SigningRequest.make(key, new Seeded(2)).pem(),
            SigningRequest.make(key, new Seeded(2)).pem());
    }

    @Test void readsOneMadeByOpenssl() throws IOException, MalformedException {
        SigningRequest request = SigningRequest.fromPem(Golden.text("openssl.csr"));
        SigningKey key = SigningKey.fromPem(Golden.text("openssl-root.key"));
        assertTrue(request.verifyingKey().sameAs(key.verifyingKey()));
    }

    @Test void keyOfAnotherIsRefused() throws MalformedException {
        SigningKey mine = SigningKey.make(new Seeded(1));
        SigningKey other = SigningKey.make(new Seeded(2));
        byte[] info = Der.sequence(Der.integer(0), Der.sequence(), other.verifyingKey().der(),
            Der.element(Der.wrapped(0)));
        byte[] stolen = Der.sequence(info, VerifyingKey.SIGNATURE,
            Der.bits(mine.sign(info, new Seeded(3))));
        String refusal = assertThrows(MalformedException.class,
            () -> SigningRequest.fromPem(Pem.encode(Pem.REQUEST, stolen))).getMessage();
        assertEquals("a signing request without a valid signature of its key", refusal);
    }

    @Test void nodeIdFollowsFromTheKey() throws IOException, MalformedException {
        // sha256 of `openssl pkey -pubin -outform DER`: 9fe78809cdffe9f2eb6d79b9175d69e1...
        assertEquals("9gsvow4z9ar60aov0m7a6ego1",
            SigningRequest.fromPem(Golden.text("openssl.csr")).nodeId());
        SigningKey key = SigningKey.make(new Seeded(1));
        String id = SigningRequest.make(key, new Seeded(2)).nodeId();
        assertEquals(id, SigningRequest.make(key, new Seeded(3)).nodeId());
        assertEquals(25, id.length());
    }

    @Test void damagedRequestIsRefused() throws IOException, MalformedException {
        byte[] good = Pem.decode(Pem.REQUEST, Golden.text("openssl.csr")).getFirst();
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 6_000; i++) {
            byte[] damaged = Damage.once(good, random);
            if (!Arrays.equals(good, damaged)) {
                String pem = Pem.encode(Pem.REQUEST, damaged);
                assertThrows(MalformedException.class, () -> SigningRequest.fromPem(pem),
                    "mutant " + i);
            }
        }
    }
}

package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Join tokens, against pairs of root and token that Docker made.
final class JoinTokenTest {
    private static final String DIGEST = "4344digwq0oz4cf0z2ovkeo4fqbgwvdrpaw4v8y3xk2xm9yrtl";
    private static final String SECRET = "1o88yfna39ejp5fbgpee21jfz";
    private static final String TOKEN = "SWMTKN-1-" + DIGEST + "-" + SECRET;
    private static final String OTHER = "SWMTKN-1-"
        + "33jg1u1kfh6jyr8ja8ofqf5r04n8x0x5apevqruyzea9hv8q9o-3lfkgy3374msa40oxy4lpj99c";

    private static Certificate root(String name) throws IOException, MalformedException {
        return Certificate.listFromPem(Golden.text(name)).getFirst();
    }

    @Test void idsHaveZerosInFront() {
        assertEquals("0".repeat(23) + "za", JoinToken.digits(new byte[] {0, 0, 4, (byte) 0xf6}));
    }

    @Test void meansTheRootThatDockerMadeItFor() throws IOException, MalformedException {
        assertTrue(JoinToken.parse(TOKEN).means(root("docker-root.pem")));
        assertFalse(JoinToken.parse(TOKEN).means(root("docker-root-2.pem")));
        assertTrue(JoinToken.parse(OTHER).means(root("docker-root-2.pem")));
    }

    @Test void isPrintedAsItWasRead() throws MalformedException {
        assertEquals(TOKEN, JoinToken.parse(TOKEN).text());
        assertEquals(SECRET, JoinToken.parse(TOKEN).secret());
    }

    @Test void drawnTokenHasTheRootsDigest() throws IOException, MalformedException {
        JoinToken drawn = JoinToken.draw(root("docker-root.pem"), new Seeded(1));
        assertEquals(DIGEST, drawn.rootDigest());
        assertTrue(JoinToken.parse(drawn.text()).sameAs(drawn));
    }

    @Test void seedRepeatsTheSecretAndNoOtherSeedDoes() throws IOException, MalformedException {
        Certificate root = root("docker-root.pem");
        String one = JoinToken.draw(root, new Seeded(1)).text();
        assertEquals(one, JoinToken.draw(root, new Seeded(1)).text());
        assertNotEquals(one, JoinToken.draw(root, new Seeded(2)).text());
    }

    @Test void smallSecretIsPaddedWithZeros() throws IOException, MalformedException {
        SecureRandom zeros = new SecureRandom() {
            private static final long serialVersionUID = 1;

            @Override public void nextBytes(byte[] bytes) {
                Arrays.fill(bytes, (byte) 0);
                bytes[bytes.length - 1] = 36;
            }
        };
        assertEquals("0000000000000000000000010",
            JoinToken.draw(root("docker-root.pem"), zeros).secret());
    }

    @Test void refusesEveryOtherShapeInTheSameWords() {
        for (String wrong : List.of(
                "", "SWMTKN", "SWMTKN-1-", "SWMTKN-1--", TOKEN + "0", " " + TOKEN, TOKEN + "\n",
                TOKEN.substring(1), TOKEN.substring(0, TOKEN.length() - 1),
                TOKEN.replace("SWMTKN-1", "SWMTKN-2"), TOKEN.replace("SWMTKN", "swmtkn"),
                TOKEN.replace("SWMTKN-1", "SWMKEY-1"),
                "SWMTKN-1-" + DIGEST.substring(1) + "-" + SECRET + "0",
                "SWMTKN-1-" + DIGEST + "0" + SECRET,
                TOKEN.toUpperCase(Locale.ROOT),
                TOKEN.replace('4', '_'), TOKEN.replace('4', '\u0664'), TOKEN.replace('4', '-'),
                "SWMTKN-1-" + DIGEST + "-" + "z".repeat(25),
                "SWMTKN-1-" + "z".repeat(50) + "-" + SECRET,
                "SWMTKN-1-" + DIGEST + "-+" + SECRET.substring(1))) {
            MalformedException refusal = assertThrows(MalformedException.class,
                () -> JoinToken.parse(wrong), wrong);
            assertEquals("invalid join token", refusal.getMessage());
        }
    }

    @Test void differsInEveryDigit() throws MalformedException {
        JoinToken token = JoinToken.parse(TOKEN);
        for (int i = "SWMTKN-1-".length(); i < TOKEN.length(); i++) {
            char digit = TOKEN.charAt(i);
            if (digit != '-') {
                char changed = digit == '0' ? '1' : '0';
                String other = TOKEN.substring(0, i) + changed + TOKEN.substring(i + 1);
                assertFalse(token.sameAs(JoinToken.parse(other)), "digit " + i);
            }
        }
        assertTrue(token.sameAs(JoinToken.parse(TOKEN)));
    }

    @Test void doesNotShowItsSecretByAccident() throws MalformedException {
        assertFalse(JoinToken.parse(TOKEN).toString().contains(SECRET));
    }

    @Test void damagedTokenIsRefusedOrAnother() throws MalformedException {
        JoinToken token = JoinToken.parse(TOKEN);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 24_000; i++) {
            byte[] good = TOKEN.getBytes(StandardCharsets.US_ASCII);
            String damaged = new String(Damage.once(good, random), StandardCharsets.ISO_8859_1);
            try {
                assertEquals(damaged.equals(TOKEN), JoinToken.parse(damaged).sameAs(token));
            } catch (MalformedException e) {
                assertEquals("invalid join token", e.getMessage());
            }
        }
    }
}

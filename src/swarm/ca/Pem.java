package swarm.ca;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// DER as text: a line that names what follows, base 64 in lines of 64 characters, a closing line.
/// What is written is the strict form, because the digest in a join token is taken over these very
/// characters; what is read may have other text around the blocks and any line length. (RFC 7468)
final class Pem {
    static final String CERTIFICATE = "CERTIFICATE";
    static final String KEY = "PRIVATE KEY";
    static final String REQUEST = "CERTIFICATE REQUEST";

    /// A chain of four is 4 KiB; more than this comes from nobody who wishes us well.
    private static final int CHARS_MAX = 64 * 1024;
    private static final int LINE_CHARS = 64;

    private Pem() {
    }

    static String encode(String label, byte[] der) {
        Base64.Encoder lines = Base64.getMimeEncoder(LINE_CHARS, new byte[] {'\n'});
        String body = new String(lines.encode(der), StandardCharsets.US_ASCII);
        return begin(label) + "\n" + body + "\n" + end(label) + "\n";
    }

    /// The contents of all blocks with this label, in order; at least one.
    static List<byte[]> decode(String label, String text) throws MalformedException {
        if (text.length() > CHARS_MAX) {
            throw new MalformedException("a PEM text of more than " + CHARS_MAX + " characters");
        }
        List<byte[]> blocks = new ArrayList<>();
        int from = text.indexOf(begin(label));
        while (from >= 0) {
            int body = from + begin(label).length();
            int end = text.indexOf(end(label), body);
            if (end < 0) {
                throw new MalformedException("a PEM block " + label + " without its last line");
            }
            blocks.add(bytes(label, text.substring(body, end)));
            from = text.indexOf(begin(label), end);
        }
        if (blocks.isEmpty()) {
            throw new MalformedException("no PEM block " + label + " found");
        }
        return List.copyOf(blocks);
    }

    private static byte[] bytes(String label, String body) throws MalformedException {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < body.length(); i++) {
            if (!Character.isWhitespace(body.charAt(i))) {
                digits.append(body.charAt(i));
            }
        }
        try {
            return Base64.getDecoder().decode(digits.toString());
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a PEM block " + label + " that is not base 64");
        }
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    private static String end(String label) {
        return "-----END " + label + "-----";
    }
}

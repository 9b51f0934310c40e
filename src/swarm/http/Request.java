package swarm.http;

/// The head of a request. The target is as on the wire, percent signs and query included; it is
/// checked to be one word, so that whoever forgot to encode a name learns it here.
///
/// Source: RFC 9112 §3.
public record Request(String method, String target, Headers headers) {
    public Request {
        if (!Headers.isToken(method) || !isTarget(target)) {
            throw new IllegalArgumentException("not a request line: " + method + " " + target);
        }
    }

    /// The target up to the question mark, still encoded.
    public String path() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    /// What follows the question mark, still encoded; "" without one.
    public String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? "" : target.substring(mark + 1);
    }

    static boolean isTarget(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return text.startsWith("/") || text.equals("*");
    }
}

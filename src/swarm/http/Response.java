package swarm.http;

/// The head of an answer.
///
/// Source: RFC 9112 §4.
public record Response(int status, String reason, Headers headers) {
    public static Response of(int status, Headers headers) {
        return new Response(status, reasonOf(status), headers);
    }

    /// Whether no body can follow, whatever the headers say (RFC 9112 §6.3).
    boolean bodiless() {
        return status < 200 || status == 204 || status == 304;
    }

    private static String reasonOf(int status) {
        return switch (status) {
            case 100 -> "Continue";
            case 101 -> "UPGRADED";
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 204 -> "No Content";
            case 304 -> "Not Modified";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 413 -> "Request Entity Too Large";
            case 414 -> "Request URI Too Long";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Status " + status;
        };
    }
}

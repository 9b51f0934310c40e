package swarm.api;

/// The kinds of errors that come out of Docker's manager, each with its HTTP status. Their text
/// starts with the words of the remote call that they came through, which clients have learnt to
/// read; what Docker's daemon refuses by itself carries the bare text.
enum Rpc {
    INVALID_ARGUMENT("InvalidArgument", 400), FAILED_PRECONDITION("FailedPrecondition", 400),
    ALREADY_EXISTS("AlreadyExists", 409), UNIMPLEMENTED("Unimplemented", 501),
    UNKNOWN("Unknown", 500);

    private final String code;
    private final int status;

    Rpc(String code, int status) {
        this.code = code;
        this.status = status;
    }

    /// The error as a client gets it.
    ApiAnswer error(String text) {
        return ApiAnswer.error(status, text(text));
    }

    /// The error's text with the words of its kind.
    String text(String text) {
        return "rpc error: code = " + code + " desc = " + text;
    }

    /// An update that was made from an older version of the object.
    static ApiAnswer outOfSequence() {
        return UNKNOWN.error("update out of sequence");
    }
}

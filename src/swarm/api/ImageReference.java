package swarm.api;

import java.util.Locale;
import java.util.regex.Pattern;

/// Whether a text names an image: `nginx`, `repo.example:5000/team/app:1.2@sha256:…`. The part
/// before the first slash is a registry's host if it has a dot or a port, a capital letter, or is
/// `localhost`; otherwise the registry is Docker's and all of the name is a path in it.
/// (github.com/distribution/reference, its grammar)
final class ImageReference {
    /// Docker's limit; it also bounds the depth of matching.
    private static final int NAME_LENGTH_MAX = 255;
    private static final Pattern HOST = Pattern.compile(
            "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
            + "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?");
    private static final Pattern PART =
            Pattern.compile("[a-z0-9]++(?:(?:[._]|__|-++)[a-z0-9]++)*");
    private static final Pattern ID = Pattern.compile("[a-f0-9]{64}");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile(
            "sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}");

    private ImageReference() { }

    /// Whether Docker would take the text as an image's name.
    static boolean valid(String text) {
        int at = text.indexOf('@');
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/');
        String name = tagged ? named.substring(0, colon) : named;
        return name.length() <= NAME_LENGTH_MAX && name(name)
                && (!tagged || TAG.matcher(named.substring(colon + 1)).matches())
                && (at < 0 || DIGEST.matcher(text.substring(at + 1)).matches());
    }

    private static boolean name(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean hosted = first.contains(".") || first.contains(":") || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
        if (hosted && !HOST.matcher(first).matches() || ID.matcher(name).matches()) {
            return false;
        }
        for (String part : (hosted ? name.substring(slash + 1) : name).split("/", -1)) {
            if (!PART.matcher(part).matches()) {
                return false;
            }
        }
        return true;
    }
}

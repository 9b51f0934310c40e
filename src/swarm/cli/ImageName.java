package swarm.cli;

import java.util.Locale;

/// The name of an image as Docker's client sends it: without what is always meant, and with a tag.
/// What is no image name is left as it is, for the daemon to refuse.
///
/// Source: `docker service create nginx` asks for `nginx:latest`; `docker.io/library/` is implied.
final class ImageName {
    private static final int ID_LENGTH = 64;

    private ImageName() {
    }

    static String familiar(String given) {
        int at = given.indexOf('@');
        String name = at < 0 ? given : given.substring(0, at);
        int colon = name.lastIndexOf(':');
        boolean tagged = colon > name.lastIndexOf('/');
        String path = tagged ? name.substring(0, colon) : name;
        String rest = given.substring(path.length());
        int slash = path.indexOf('/');
        String first = slash < 0 ? "" : path.substring(0, slash);
        boolean hosted = first.indexOf('.') >= 0 || first.indexOf(':') >= 0
            || first.equals("localhost") || !first.equals(first.toLowerCase(Locale.ROOT));
        String inner = hosted ? path.substring(slash + 1) : path;
        if (!isPath(inner) || rest.equals(":") || inner.length() == ID_LENGTH && slash < 0) {
            return given;
        }
        if (first.equals("docker.io") || first.equals("index.docker.io")) {
            path = inner;
        }
        if (path.startsWith("library/")) {
            path = path.substring("library/".length());
        }
        return path + (rest.isEmpty() ? ":latest" : rest);
    }

    /// Lower-case letters and digits; between them `.`, `_`, `__`, dashes or one `/`.
    private static boolean isPath(String path) {
        String mark = "x";
        for (int at = 0; at < path.length(); at++) {
            char c = path.charAt(at);
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
                mark = "";
                continue;
            }
            mark += c;
            boolean dashes = mark.replace("-", "").isEmpty();
            if (!dashes && !mark.equals("_") && !mark.equals("__") && !mark.equals(".")
                && !mark.equals("/")) {
                return false;
            }
        }
        return mark.isEmpty();
    }
}

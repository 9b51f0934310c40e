package swarm.cli;

/// The version of this program.
final class Versions {
    private Versions() {
    }

    static String text() {
        return "0.1";
    }
}

package bench;

/// How much of a benchmark is run: as much as its figures need, or as little as shows that it runs.
public enum Extent {
    WHOLE, SMOKE;

    int of(int whole, int smoke) {
        return this == WHOLE ? whole : smoke;
    }
}

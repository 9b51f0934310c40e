package tidy;

import java.util.Comparator;

/// One place that breaks a rule: where it is, which rule of the style guide, and what was found.
record Finding(String place, int line, int rule, String text) implements Comparable<Finding> {
    @Override
    public int compareTo(Finding other) {
        return Comparator.comparing(Finding::place).thenComparing(Finding::line)
                .thenComparing(Finding::rule).thenComparing(Finding::text).compare(this, other);
    }

    @Override
    public String toString() {
        return place + (line > 0 ? ":" + line : "") + ": " + text + " (style " + rule + ")";
    }
}

package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The values that the runs of one arm gave, in the order they were taken.
final class Series {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    double median() {
        return quantile(0.5);
    }

    /// Between the two nearest values, in proportion.
    double quantile(double q) {
        List<Double> sorted = values.stream().sorted().toList();
        double at = q * (sorted.size() - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.size() - 1);
        return sorted.get(below) + (at - below) * (sorted.get(above) - sorted.get(below));
    }

    /// Minimum, quartiles, maximum and the median's place among them.
    String row(String name, double reference) {
        return String.format(Locale.ROOT, "  %-34s %10.1f %10.1f %10.1f %10.1f %10.1f %8.2f%n",
                name, quantile(0), quantile(0.25), median(), quantile(0.75), quantile(1),
                median() / reference);
    }
}

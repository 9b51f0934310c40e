package bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Runs the arms of a benchmark in turn, round after round, so that whatever else the machine does
/// falls on all of them alike, and returns medians with their spread; the first arm is the
/// reference of the ratios. A first round warms up and does not count.
record Comparison(String title, String unit, int rounds) {
    String run(List<Arm> arms) throws IOException {
        List<Series> series = Stream.generate(Series::new).limit(arms.size()).toList();
        for (int round = 0; round <= rounds; round++) {
            for (int i = 0; i < arms.size(); i++) {
                double value = arms.get(i).run().take();
                if (round > 0) {
                    series.get(i).add(value);
                }
            }
        }
        StringBuilder text = new StringBuilder();
        text.append(title).append(" (" + unit + ", " + rounds + " rounds in turn)\n");
        text.append(String.format(Locale.ROOT, "  %-34s %10s %10s %10s %10s %10s %8s%n",
                "", "min", "25 %", "median", "75 %", "max", "ratio"));
        for (int i = 0; i < arms.size(); i++) {
            text.append(series.get(i).row(arms.get(i).name(), series.getFirst().median()));
        }
        return text.toString();
    }
}

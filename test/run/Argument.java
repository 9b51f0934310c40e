package run;

import java.util.Collection;
import java.util.List;

/// What a campaign, run by hand, was told for one of its names: `make sim N=100`; "" for nothing.
///
/// A word that makes no sense ends the program at once, with one sentence that says what was found
/// and what was expected: a campaign that has done nothing must not say that all is well.
public record Argument(String name, String word) {
    private static final int REFUSED = 2;
    /// More digits than this do not surely fit a long.
    private static final int DIGITS_MAX = 18;
    private static final long SEED_MAX = 999_999_999_999_999_999L;

    /// The word at a place of the command line.
    public static Argument of(String name, String[] words, int place) {
        return new Argument(name, place < words.length ? words[place] : "");
    }

    /// A whole number within bounds.
    public long number(long least, long most, long otherwise) {
        if (word.isEmpty()) {
            return otherwise;
        }
        boolean fits = word.matches("[0-9]{1," + DIGITS_MAX + "}")
                && Long.parseLong(word) >= least && Long.parseLong(word) <= most;
        return fits ? Long.parseLong(word) : refuse("a whole number from " + least + " to " + most);
    }

    /// What all chance of a campaign comes from; without a word, one that the clock chooses.
    public long seed() {
        return number(0, SEED_MAX, System.currentTimeMillis());
    }

    /// The one that is named; without a word, all of them.
    public List<String> among(Collection<String> names) {
        if (!word.isEmpty() && !names.contains(word)) {
            refuse("one of " + String.join(", ", names));
        }
        return word.isEmpty() ? List.copyOf(names) : List.of(word);
    }

    /// Ends the program.
    public long refuse(String expected) {
        System.err.println(name + ": found \"" + word + "\", expected " + expected);
        System.exit(REFUSED);
        return REFUSED;
    }
}

package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import swarm.json.Json;

/// The order of names as people count: `web.2` before `web.10`, and digits before anything else.
///
/// Each name has a key whose order as plain text is that order: a run of digits becomes a mark
/// below all characters, its length without leading zeros, its digits, and how many zeros it had.
final class Natural {
    private Natural() {
    }

    static String key(String name) {
        StringBuilder key = new StringBuilder();
        for (int at = 0; at < name.length(); ) {
            int end = digits(name, at, '0', '9');
            if (end == at) {
                key.append(name.charAt(at++));
                continue;
            }
            int first = Math.min(digits(name, at, '0', '0'), end);
            key.append('\1').append((char) (end - first + 1)).append(name, first, end)
                .append((char) (first - at + 1));
            at = end;
        }
        return key.toString();
    }

    private static int digits(String text, int from, char least, char most) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= least && text.charAt(end) <= most) {
            end++;
        }
        return end;
    }

    /// In the order of their keys, those of one key as they came.
    static List<Json> sorted(List<String> keys, List<? extends Json> items) {
        TreeMap<String, Json> sorted = new TreeMap<>();
        for (int at = 0; at < keys.size(); at++) {
            sorted.put(keys.get(at) + '\0' + (char) at, items.get(at));
        }
        return new ArrayList<>(sorted.values());
    }
}

package swarm.cli;

/// The order of names as people count: `web.2` before `web.10`. Runs of digits
/// compare by value, and come before anything else.
final class Natural {
    private Natural() {
    }

    static int compare(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() && j < b.length()) {
            int endA = digits(a, i);
            int endB = digits(b, j);
            if (endA > i && endB > j) {
                int order = numbers(a.substring(i, endA), b.substring(j, endB));
                if (order != 0) {
                    return order;
                }
                i = endA;
                j = endB;
            } else if (endA > i || endB > j) {
                return endA > i ? -1 : 1;
            } else if (a.charAt(i) != b.charAt(j)) {
                return a.charAt(i) - b.charAt(j);
            } else {
                i++;
                j++;
            }
        }
        return a.length() - i - (b.length() - j);
    }

    private static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static int numbers(String a, String b) {
        String x = significant(a);
        String y = significant(b);
        int order = x.length() != y.length() ? x.length() - y.length() : x.compareTo(y);
        return order != 0 ? order : a.length() - b.length();
    }

    private static String significant(String digits) {
        int at = 0;
        while (at + 1 < digits.length() && digits.charAt(at) == '0') {
            at++;
        }
        return digits.substring(at);
    }
}

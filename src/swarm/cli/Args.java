package swarm.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import swarm.json.Json;

/// The flags and arguments of one call, read against the command's table. Values are checked and
/// turned into JSON as they are met, so the first wrong one is the one that is named.
///
/// Flags and arguments mix freely, except where arguments belong to the container. `--` ends the
/// flags. A flag of the whole program (`Global`) is taken anywhere, unless the command has one of
/// that name itself.
///
/// Source: POSIX utility syntax with GNU's long options, in the messages of Go's pflag.
final class Args {
    private final Command command;
    private final List<Flag> flags;
    private final Global global;
    private final World world;
    /// What was given for each flag, in the order of the first giving; filled while parsing.
    private final LinkedHashMap<String, List<Json>> given = new LinkedHashMap<>();
    /// What is no flag; filled while parsing.
    final List<String> rest = new ArrayList<>();
    /// Whether help was asked for; set while parsing.
    private boolean help;
    /// The index in `words` of the next unread word; moves forward while parsing.
    private int next;

    Args(Command command, Global global, World world) {
        this.command = command;
        this.flags = Flag.table(command.flags());
        this.global = global;
        this.world = world;
    }

    /// Reads the words; false if help is asked for, and then the rest is not read. A call of the
    /// whole program may lack its arguments, so counting them can be spared.
    boolean parse(List<String> words, boolean counts) throws Failure {
        boolean flagsEnded = false;
        while (next < words.size() && !help) {
            String word = words.get(next++);
            if (flagsEnded || word.length() < 2 || word.charAt(0) != '-') {
                rest.add(word);
                flagsEnded |= command.flagsEndAtArgument();
            } else if (word.equals("--")) {
                flagsEnded = true;
            } else if (word.startsWith("--")) {
                longFlag(word, words);
            } else {
                letters(word, words);
            }
        }
        if (!help && counts) {
            command.checkCount(rest.size());
        }
        return !help;
    }

    private void longFlag(String word, List<String> words) throws Failure {
        int equals = word.indexOf('=');
        String name = word.substring(2, equals < 0 ? word.length() : equals);
        if (name.isEmpty()) {
            throw command.misused("bad flag syntax: " + word);
        }
        Flag flag = find(name, false);
        if (flag == Global.NONE) {
            help = name.equals("help");
            if (!help) {
                throw command.misused("unknown flag: --" + name);
            }
        } else if (equals >= 0) {
            take(flag, word.substring(equals + 1));
        } else if (flag.kind().equals(Flag.SWITCH)) {
            take(flag, "true");
        } else {
            take(flag, value(words, flag, "--" + name));
        }
    }

    private void letters(String word, List<String> words) throws Failure {
        for (int at = 1; at < word.length(); at++) {
            Flag flag = find(word.substring(at, at + 1), true);
            if (flag == Global.NONE) {
                throw command.misused("unknown shorthand flag: '" + word.charAt(at) + "' in -"
                    + word.substring(at));
            }
            if (!flag.kind().equals(Flag.SWITCH)) {
                String joined = word.substring(at + 1);
                take(flag, joined.isEmpty() ? value(words, flag, "'" + flag.letter() + "' in -"
                    + word.substring(at)) : joined.startsWith("=") ? joined.substring(1) : joined);
                return;
            }
            take(flag, "true");
        }
    }

    private String value(List<String> words, Flag flag, String shown) throws Failure {
        if (flag.kind().equals(Flag.REFUSED)) {
            return "";
        }
        if (next >= words.size()) {
            throw command.misused("flag needs an argument: " + shown);
        }
        return words.get(next++);
    }

    private Flag find(String name, boolean letter) {
        for (Flag flag : flags) {
            if (name.equals(letter ? flag.letter() : flag.name())) {
                return flag;
            }
        }
        return global.find(name, letter);
    }

    private void take(Flag flag, String value) throws Failure {
        if (flag.kind().equals(Flag.REFUSED)) {
            throw command.misused("--" + flag.name() + " is not supported");
        }
        if (global.take(flag, value)) {
            return;
        }
        List<Json> values = given.getOrDefault(flag.name(), new ArrayList<>());
        try {
            values.add(flag.kind().equals("string") ? new Json.Str(value)
                : Values.read(flag.kind(), value, world));
        } catch (Failure wrong) {
            throw command.misused("invalid argument \"" + value + "\" for \"" + flag.shown()
                + "\" flag: " + wrong.getMessage());
        }
        given.put(flag.name(), values);
    }

    Command command() {
        return command;
    }

    List<Flag> flags() {
        return flags;
    }

    boolean has(String name) {
        return given.containsKey(name);
    }

    int count() {
        return given.size();
    }

    /// Whether any flag was given that begins so.
    boolean hasAny(String prefix) {
        for (String name : given.keySet()) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    boolean on(String name) {
        return last(name).asBool();
    }

    /// The last value given; "" if none.
    String text(String name) {
        return last(name).asStr();
    }

    String text(String name, String otherwise) {
        return has(name) ? text(name) : otherwise;
    }

    Json last(String name) {
        return has(name) ? given.get(name).getLast() : Json.NULL;
    }

    List<Json> all(String name) {
        return given.getOrDefault(name, List.of());
    }

    List<String> texts(String name) {
        ArrayList<String> texts = new ArrayList<>();
        for (Json value : all(name)) {
            texts.add(value.asStr());
        }
        return texts;
    }

    String first() {
        return rest.getFirst();
    }
}

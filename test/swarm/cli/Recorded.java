package swarm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// One recorded call of a file in `golden/cli`: a command line and what Docker's client did.
record Recorded(String command, String out, String err, List<String> sent, int exit) {
    static List<Recorded> read(String file) throws IOException {
        ArrayList<Recorded> all = new ArrayList<>();
        String command = "";
        StringBuilder out = new StringBuilder();
        StringBuilder err = new StringBuilder();
        ArrayList<String> sent = new ArrayList<>();
        for (String line : Files.readString(ScriptedWorld.GOLDEN.resolve(file)).split("\n")) {
            String text = line.length() > 2 ? line.substring(2) : "";
            switch (line.isEmpty() ? '#' : line.charAt(0)) {
                case '$' -> command = text;
                case '>' -> out.append(text).append('\n');
                case '!' -> err.append(text).append('\n');
                case '+', '?' -> sent.add(line);
                case '=' -> {
                    all.add(new Recorded(command, out.toString(), err.toString(),
                        List.copyOf(sent), Integer.parseInt(text)));
                    out.setLength(0);
                    err.setLength(0);
                    sent.clear();
                }
                default -> {
                }
            }
        }
        return all;
    }
}

package e2e;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.engine.EngineCall;
import swarm.model.ContainerSpec;

/// What engine tests make their containers from: a program, and little else.
final class Specs {
    static final String LABEL = "test.owner";

    private Specs() { }

    static ContainerSpec spec(List<String> env, String dir, String... args) {
        return new ContainerSpec("busybox:lab", new TreeMap<>(), List.of(), List.of(args), "", env,
                dir, "", List.of(), "", false, false, false, List.of(), Optional.empty(),
                Optional.empty(), List.of(), Optional.empty(), "", Optional.empty(),
                new TreeMap<>(), List.of(), List.of(), List.of(), "");
    }

    static ContainerSpec stoppedBy(String signal, String... args) {
        return new ContainerSpec("busybox:lab", new TreeMap<>(), List.of(), List.of(args), "",
                List.of(), "", "", List.of(), signal, false, false, false, List.of(),
                Optional.empty(), Optional.empty(), List.of(), Optional.empty(), "",
                Optional.empty(), new TreeMap<>(), List.of(), List.of(), List.of(), "");
    }

    static EngineCall.ContainerRequest request(String name, ContainerSpec spec) {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(LABEL, "us");
        return new EngineCall.ContainerRequest(name, spec, labels, Optional.empty(),
                Optional.empty(), List.of());
    }

    static EngineCall.ContainerRequest request(String name, String... args) {
        return request(name, spec(List.of(), "", args));
    }

    /// Each frame as its stream's number and its text.
    static String shown(byte[] frames) {
        StringBuilder shown = new StringBuilder();
        for (int at = 0; at < frames.length; ) {
            int length = (frames[at + 6] & 0xff) << 8 | frames[at + 7] & 0xff;
            shown.append(frames[at]).append(new String(frames, at + 8, length,
                    StandardCharsets.UTF_8));
            at += 8 + length;
        }
        return shown.toString();
    }
}

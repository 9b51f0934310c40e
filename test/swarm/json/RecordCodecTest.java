package swarm.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Each rule of the codec, on records that have nothing else.
class RecordCodecTest {
    private enum Role { WORKER, MANAGER, @Name("on-failure") FAILURE }

    @Scalar
    private record NodeId(String value) {
    }

    private sealed interface Mode permits Replicated, Global {
    }

    private record Replicated(Optional<Long> replicas) implements Mode {
    }

    private record Global() implements Mode {
    }

    private record Spec(@Name("ID") NodeId id, String name, SortedMap<String, String> labels,
        Role role, Optional<Mode> mode, @Hidden String secret, List<Replicated> parts,
        @Always long count, Instant createdAt) {
    }

    @Test
    void writesWhatItReads() throws JsonException {
        Spec spec = new Spec(new NodeId("n1"), "web", new TreeMap<>(), Role.FAILURE,
            Optional.of(new Replicated(Optional.of(0L))), "s", List.of(), 0,
            Instant.parse("2026-11-22T20:34:00.386084378Z"));
        String text = "{\"ID\":\"n1\",\"Name\":\"web\",\"Role\":\"on-failure\","
            + "\"Mode\":{\"Replicated\":{\"Replicas\":0}},\"Secret\":\"s\",\"Count\":0,"
            + "\"CreatedAt\":\"2026-11-22T20:34:00.386084378Z\"}";
        assertEquals(text, RecordCodec.toJson(spec, Audience.LOG).text());
        assertEquals(spec, RecordCodec.fromJson(Spec.class, Json.parse(text)));
        assertEquals(spec, RecordCodec.fromBytes(Spec.class, RecordCodec.toBytes(spec, Audience.LOG)));
        JsonException e = assertThrows(JsonException.class, () -> RecordCodec.fromJson(Spec.class,
            Json.parse("{\"role\":\"worker\",\"parts\":[{},{\"Foo\":1}]}")));
        assertEquals("json: unknown field \"Parts[1].Foo\"", e.getMessage());
    }
}

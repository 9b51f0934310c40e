package swarm.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Text as Docker prints it.
class JsonWriterTest {
    private static String text(String value) {
        return new Json.Str(value).text();
    }

    @Test
    void escapesAsGoDoes() {
        assertEquals("\"a\\\"b\\\\c/d\"", text("a\"b\\c/d"));
        assertEquals("\"\\b\\f\\n\\r\\t\"", text("\b\f\n\r\t"));
        assertEquals("\"\\u0000\\u001f\u007f\u0080\"", text("\u0000\u001f\u007f\u0080"));
        assertEquals("\"x\\u2028y\\u2029\"", text("x\u2028y\u2029"));
        assertEquals("\"é€😀\"", text("é€😀"));
        assertEquals("{\"a\\nb\":0}", Json.obj().with("a\nb", 0).text());
    }

    @Test
    void writesHalfAPairAsTheReplacement() {
        assertEquals("\"\\ufffd\"", text("\ud83d"));
        assertEquals("\"\\ufffd\"", text("\ude00"));
        assertEquals("\"\\ufffdx\\ufffd\"", text("\ud83dx\ude00"));
        assertEquals("\"\\ufffd😀\\ufffd\"", text("\ud83d\ud83d\ude00\ude00"));
        assertEquals("\"\\ufffd\\ufffd\"", text("\ude00\ud83d"));
    }

    @Test
    void onlyIndentedTextEscapesHtml() throws JsonException {
        Json json = Json.parse("[\"echo out >&2 <in\"]");
        assertEquals("[\"echo out >&2 <in\"]", json.text());
        assertEquals("[\n    \"echo out \\u003e\\u00262 \\u003cin\"\n]", json.pretty());
    }

    @Test
    void indentsAsInspectDoes() throws JsonException {
        Json json = Json.parse(
            "[{\"ID\":\"x\",\"V\":{\"Index\":1},\"E\":{},\"L\":[],\"P\":[1,null]}]");
        String pretty = """
            [
                {
                    "ID": "x",
                    "V": {
                        "Index": 1
                    },
                    "E": {},
                    "L": [],
                    "P": [
                        1,
                        null
                    ]
                }
            ]""";
        assertEquals(pretty, json.pretty());
        assertEquals("[]", new Json.Arr(List.of()).pretty());
        assertEquals("{}", Json.obj().pretty());
        assertEquals("\"a\"", new Json.Str("a").pretty());
    }
}

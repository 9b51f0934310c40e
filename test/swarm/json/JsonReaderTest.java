package swarm.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What is JSON and what is not, case by case along RFC 8259, and what is said of what is not.
class JsonReaderTest {
    /// Text, and the same value in our own spelling.
    private static final String[][] ACCEPTED = {
        {"null", "null"}, {"true", "true"}, {"false", "false"}, {"\"\"", "\"\""}, {"0", "0"},
        {" \t\r\n1 \t\r\n", "1"}, {"[]", "[]"}, {"{}", "{}"}, {"[ ]", "[]"}, {"{\n}", "{}"},
        {"[ 1 , 2 ]", "[1,2]"}, {"{ \"a\" : 1 , \"b\" : [ ] }", "{\"a\":1,\"b\":[]}"},
        {"[[],[[]],{}]", "[[],[[]],{}]"}, {"{\"\":0}", "{\"\":0}"}, {"{\"a\":{}}", "{\"a\":{}}"},
        {"-0", "-0"}, {"-1", "-1"}, {"10", "10"}, {"1.0", "1.0"}, {"0.5", "0.5"}, {"-0.0", "-0.0"},
        {"1e3", "1e3"}, {"1E+3", "1E+3"}, {"1.25e-300", "1.25e-300"}, {"1e999", "1e999"},
        {"0e0", "0e0"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"9223372036854775807", "9223372036854775807"},
        {"0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"},
        {"\"a\"", "\"a\""}, {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u0041\\u00e9\\u20AC\"", "\"Aé€\""}, {"\"\\u0000\"", "\"\\u0000\""},
        {"\"\\uD83D\\uDE00\"", "\"😀\""}, {"\"😀\"", "\"😀\""}, {"\"\u007f\"", "\"\u007f\""},
        {"\"\\ud83d\"", "\"\ufffd\""}, {"\"\\ude00\"", "\"\ufffd\""},
        {"\"\\ud83dx\"", "\"\ufffdx\""}, {"\"\\ud83d\\u0041\"", "\"\ufffdA\""},
        {"\"\\ud83d\\ud83d\\ude00\"", "\"\ufffd😀\""}, {"\"\\ude00\\ud83d\"", "\"\ufffd\ufffd\""},
        {"\"\u2028\"", "\"\\u2028\""}, {"\"\u00a0\ufeff\"", "\"\u00a0\ufeff\""},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
        {"{\"a\":1,\"b\":2,\"a\":null}", "{\"a\":null,\"b\":2}"},
        {"{\"a\":1,\"\\u0061\":2}", "{\"a\":2}"}, {"{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}"},
    };

    /// Text, and what is said of it.
    private static final String[][] REFUSED = {
        {"", "unexpected end of JSON input"}, {" ", "unexpected end of JSON input"},
        {"zz", "invalid character 'z' looking for beginning of value"},
        {"'a'", "invalid character '\\'' looking for beginning of value"},
        {"\\", "invalid character '\\\\' looking for beginning of value"},
        {"\u0000", "invalid character '\\x00' looking for beginning of value"},
        {"\u000b1", "invalid character '\\x0b' looking for beginning of value"},
        {"\u00a01", "invalid character '\u00a0' looking for beginning of value"},
        {"\ufeff1", "invalid character '\ufeff' looking for beginning of value"},
        {"NaN", "invalid character 'N' looking for beginning of value"},
        {"Infinity", "invalid character 'I' looking for beginning of value"},
        {"-Infinity", "invalid character 'I' in numeric literal"},
        {"nan", "invalid character 'a' in literal null (expecting 'u')"},
        {"nope", "invalid character 'o' in literal null (expecting 'u')"},
        {"True", "invalid character 'T' looking for beginning of value"},
        {"trux", "invalid character 'x' in literal true (expecting 'e')"},
        {"tru", "unexpected end of JSON input"},
        {"falze", "invalid character 'z' in literal false (expecting 's')"},
        {"truefalse", "invalid character 'f' after top-level value"},
        {"1 2", "invalid character '2' after top-level value"},
        {"{}}", "invalid character '}' after top-level value"},
        {"[]\u0000", "invalid character '\\x00' after top-level value"},
        {"1,", "invalid character ',' after top-level value"},
        {"//x\n1", "invalid character '/' looking for beginning of value"},
        {"1/*x*/", "invalid character '/' after top-level value"},
        {"-", "unexpected end of JSON input"},
        {"+1", "invalid character '+' looking for beginning of value"},
        {"--1", "invalid character '-' in numeric literal"},
        {"-a", "invalid character 'a' in numeric literal"},
        {"01", "invalid character '1' after top-level value"},
        {"-01", "invalid character '1' after top-level value"},
        {"[01]", "invalid character '1' after array element"},
        {".5", "invalid character '.' looking for beginning of value"},
        {"1.", "unexpected end of JSON input"},
        {"1.e3", "invalid character 'e' after decimal point in numeric literal"},
        {"1e", "unexpected end of JSON input"}, {"1e+", "unexpected end of JSON input"},
        {"1ex", "invalid character 'x' in exponent of numeric literal"},
        {"1e5.0", "invalid character '.' after top-level value"},
        {"0x10", "invalid character 'x' after top-level value"},
        {"1_000", "invalid character '_' after top-level value"},
        {"\u0661", "invalid character '\u0661' looking for beginning of value"},
        {"[", "unexpected end of JSON input"}, {"[1", "unexpected end of JSON input"},
        {"[1,", "unexpected end of JSON input"},
        {"[1,]", "invalid character ']' looking for beginning of value"},
        {"[,1]", "invalid character ',' looking for beginning of value"},
        {"[1,,2]", "invalid character ',' looking for beginning of value"},
        {"[1 2]", "invalid character '2' after array element"},
        {"[1}", "invalid character '}' after array element"},
        {"[\"a\":1]", "invalid character ':' after array element"},
        {"{", "unexpected end of JSON input"},
        {"{bad", "invalid character 'b' looking for beginning of object key string"},
        {"{1:2}", "invalid character '1' looking for beginning of object key string"},
        {"{,}", "invalid character ',' looking for beginning of object key string"},
        {"{\"a\"", "unexpected end of JSON input"},
        {"{\"a\"}", "invalid character '}' after object key"},
        {"{\"a\" 1}", "invalid character '1' after object key"},
        {"{\"a\":}", "invalid character '}' looking for beginning of value"},
        {"{\"a\"::1}", "invalid character ':' looking for beginning of value"},
        {"{\"a\":1", "unexpected end of JSON input"},
        {"{\"a\":1]", "invalid character ']' after object key:value pair"},
        {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
        {"{\"a\":1;\"b\":2}", "invalid character ';' after object key:value pair"},
        {"\"", "unexpected end of JSON input"}, {"\"a", "unexpected end of JSON input"},
        {"\"\n\"", "invalid character '\\n' in string literal"},
        {"\"a\tb\"", "invalid character '\\t' in string literal"},
        {"\"\u001f\"", "invalid character '\\x1f' in string literal"},
        {"\"\\n\u0000\"", "invalid character '\\x00' in string literal"},
        {"\"\\x41\"", "invalid character 'x' in string escape code"},
        {"\"\\'\"", "invalid character '\\'' in string escape code"},
        {"\"\\\n\"", "invalid character '\\n' in string escape code"},
        {"\"\\\"", "unexpected end of JSON input"}, {"\"\\u00", "unexpected end of JSON input"},
        {"\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"},
        {"\"\\u004\"", "invalid character '\"' in \\u hexadecimal character escape"},
        {"\"\\U0041\"", "invalid character 'U' in string escape code"},
        {"\"\\u\uff11234\"", "invalid character '\uff11' in \\u hexadecimal character escape"},
        {"\"\\ud83d\\u12\"", "invalid character '\"' in \\u hexadecimal character escape"},
    };

    private static JsonException refusal(String text) {
        return assertThrows(JsonException.class, () -> Json.parse(text), text);
    }

    private static JsonException refusal(int... bytes) {
        byte[] utf8 = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            utf8[i] = (byte) bytes[i];
        }
        return assertThrows(JsonException.class, () -> Json.parse(utf8), Arrays.toString(bytes));
    }

    @Test
    void acceptsWhatTheGrammarSays() throws JsonException {
        for (String[] row : ACCEPTED) {
            assertEquals(row[1], Json.parse(row[0]).text(), row[0]);
            byte[] utf8 = row[0].getBytes(StandardCharsets.UTF_8);
            assertEquals(row[1], Json.parse(utf8).text(), row[0]);
        }
    }

    @Test
    void refusesAllElseInGosWords() {
        for (String[] row : REFUSED) {
            assertEquals(row[1], refusal(row[0]).getMessage(), row[0]);
        }
    }

    @Test
    void saysWhereAndWhat() {
        JsonException wrong = refusal("{\"a\": [1, x]}");
        assertEquals(JsonException.Fault.SYNTAX, wrong.fault());
        assertEquals(10, wrong.offset());
        assertEquals("'x'", wrong.found());
        assertEquals("looking for beginning of value", wrong.expected());
        assertTrue(wrong.toString().endsWith("(at offset 10)"), wrong.toString());
        JsonException end = refusal("[1,");
        assertEquals(JsonException.END, end.found());
        assertEquals(3, end.offset());
    }

    @Test
    void noPrefixOfADocumentIsOne() throws JsonException {
        String whole =
            "{\"a\\u00e9é\":[-1.5e+10,true,false,null,\"\\ud83d\\ude00\\\\\"],\"b\":{}}";
        Json.parse(whole);
        for (int end = 0; end < whole.length(); end++) {
            JsonException wrong = refusal(whole.substring(0, end));
            assertEquals("unexpected end of JSON input", wrong.getMessage(), "cut at " + end);
        }
    }

    @Test
    void bytesMustBeUtf8() throws JsonException {
        assertEquals(new Json.Str("\ufffd"), Json.parse(new byte[] {'"', -17, -65, -67, '"'}));
        int[][] wrong = {
            {'"', 0x80, '"'}, {'"', 0xc3, '"'}, {'"', 0xc3}, {'"', 0xc0, 0xaf, '"'},
            {'"', 0xe0, 0x80, 0xaf, '"'}, {'"', 0xed, 0xa0, 0x80, '"'}, {'"', 0xff, '"'},
            {'"', 0xf4, 0x90, 0x80, 0x80, '"'}, {'"', 0xf0, 0x9f, 0x98, '"'}, {'"', 0xfe, '"'},
        };
        for (int[] bytes : wrong) {
            JsonException refused = refusal(bytes);
            assertEquals("invalid UTF-8 in JSON input", refused.getMessage());
            assertEquals(1, refused.offset());
        }
        assertEquals("invalid UTF-8 in JSON input", refusal('1', ' ', 0xff).getMessage());
    }

    @Test
    void nestsAHundredDeepAndNoDeeper() throws JsonException {
        String deep = "[".repeat(100) + "]".repeat(100);
        assertEquals(deep, Json.parse(deep).text());
        assertEquals("exceeded max depth", refusal("[" + deep + "]").getMessage());
        assertEquals("exceeded max depth", refusal("{\"a\":".repeat(1_000_000)).getMessage());
        String wide = "[" + "[[]],".repeat(1000) + "0]";
        assertEquals(1001, Json.parse(wide).asArr().size());
    }
}

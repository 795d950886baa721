package dev.vivace.format.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.TestData;
import dev.vivace.VivaceException;
import dev.vivace.format.json.JsonValue.JsonArray;
import dev.vivace.format.json.JsonValue.JsonFlag;
import dev.vivace.format.json.JsonValue.JsonNull;
import dev.vivace.format.json.JsonValue.JsonNumber;
import dev.vivace.format.json.JsonValue.JsonObject;
import dev.vivace.format.json.JsonValue.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() {
        String text = """
                { "a" : [1, -2.5e3, true, false, null], "b": {"": "x\\n\\u00e9\\ud83d\\ude00\\/"},
                  "c": [], "d": {} }
                """;
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put(
                "a",
                new JsonArray(List.of(
                        JsonNumber.of(1),
                        new JsonNumber("-2.5e3"),
                        new JsonFlag(true),
                        new JsonFlag(false),
                        new JsonNull())));
        members.put("b", new JsonObject(Map.of("", new JsonText("x\né😀/"))));
        members.put("c", new JsonArray(List.of()));
        members.put("d", new JsonObject(Map.of()));
        JsonValue read = Json.read("test", text);
        assertThat(read).isEqualTo(new JsonObject(members));
        assertThat(((JsonObject) read).members().keySet()).containsExactly("a", "b", "c", "d");
        assertThat(((JsonObject) read).value("none")).isEmpty();
        assertThat(read).hasToString("{\"a\":[1,-2.5e3,true,false,null],\"b\":{\"\":\"x\\né😀/\"},\"c\":[],\"d\":{}}");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "``            | line 1 column 1: the text ends, expected a value",
                "[1,           | line 1 column 4: the text ends, expected a value",
                "[1 2]         | line 1 column 4: '2', expected ',' or ']'",
                "[1,]          | line 1 column 4: ']', expected a value",
                "{\"a\" 1}     | line 1 column 6: '1', expected ':'",
                "{a:1}         | line 1 column 2: 'a', expected a quoted name",
                "{\"a\":1,}    | line 1 column 8: '}', expected a quoted name",
                "{\"a\":1,\"a\":2} | line 1 column 8: name \"a\" appears twice, expected once",
                "tru           | line 1 column 1: 't', expected true",
                "truex         | line 1 column 5: 'x', expected the end after the value",
                "01            | line 1 column 2: '1', expected the end after the value",
                "-             | line 1 column 2: the text ends, expected a digit",
                "1.            | line 1 column 3: the text ends, expected a digit",
                ".5            | line 1 column 1: '.', expected a value",
                "1e            | line 1 column 3: the text ends, expected a digit",
                "+1            | line 1 column 1: '+', expected a value",
                "NaN           | line 1 column 1: 'N', expected a value",
                "\"a           | line 1 column 3: the text ends, expected '\"'",
                "\"\\x\"       | line 1 column 3: 'x', expected one of",
                "\"\\u12g4\"   | line 1 column 6: 'g', expected a hexadecimal digit",
                "\"\\u１２３４\" | line 1 column 4: '１', expected a hexadecimal digit",
                "😀             | line 1 column 1: '😀', expected a value",
                "[\"😀\",x]     | line 1 column 6: 'x', expected a value",
            })
    void namesPlaceAndExpectation(String text, String message) {
        assertThatThrownBy(() -> Json.read("f.json", text))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith("f.json: " + message);
    }

    @Test
    void countsLines() {
        assertThatThrownBy(() -> Json.read("f", "[\n1,\r\n  ?]"))
                .hasMessage("f: line 3 column 3: '?', expected a value");
        assertThatThrownBy(() -> Json.read("f", "\"a\tb\""))
                .hasMessageContaining("column 3: character U+0009, expected '\"' or an escape");
        assertThatThrownBy(() -> Json.read("f", "\ufeff1")).hasMessageContaining("column 1");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        assertThat(Json.read("f", "\"é\"".getBytes(StandardCharsets.UTF_8))).isEqualTo(new JsonText("é"));
        assertThatThrownBy(() -> Json.read("f", new byte[] {'"', (byte) 0xff, '"'}))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "[[],"})
    void refusesEndlessNesting(String opening) {
        assertThatThrownBy(() -> Json.read("f", opening.repeat(1_000_000)))
                .isInstanceOf(CapacityException.class)
                .hasMessageContaining("deeper than 128");
    }

    @Test
    void takesNestingUpToTheLimit() {
        String deep = "[".repeat(128) + "]".repeat(128);
        assertThat(Json.write(Json.read("f", deep))).isEqualTo(deep);
        JsonValue value = new JsonNull();
        for (int i = 0; i < 10_000; i++) {
            value = new JsonArray(List.of(value));
        }
        JsonValue tooDeep = value;
        assertThatThrownBy(() -> Json.write(tooDeep)).isInstanceOf(OptionException.class);
    }

    @Test
    void numbersKeepTheirDigits() {
        assertThat(Json.read("f", "12345678901234567890.50")).hasToString("12345678901234567890.50");
        assertThat(new JsonNumber("9223372036854775807").integer()).isEqualTo(Long.MAX_VALUE);
        assertThat(new JsonNumber("-0.25").real()).isEqualTo(-0.25);
        for (String no : List.of("9223372036854775808", "1.0", "1e2")) {
            assertThatThrownBy(() -> new JsonNumber(no).integer())
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining(no);
        }
        assertThatThrownBy(() -> new JsonNumber("1e999").real()).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> JsonNumber.of(Double.NaN)).isInstanceOf(OptionException.class);
        assertThatThrownBy(() -> Json.read("f", "1".repeat(1001))).isInstanceOf(CapacityException.class);
    }

    @Test
    void writesHalfASurrogateAsAnEscape() {
        assertThat(Json.write(new JsonText("a\ud83d\u0001\ude00b"))).isEqualTo("\"a\\ud83d\\u0001\\ude00b\"");
        assertThat(Json.read("f", "\"\\ud83d\"")).isEqualTo(new JsonText("\ud83d"));
    }

    @Test
    void readsTheBigListOfNaughtyStrings() throws IOException {
        JsonValue list = Json.read("blns", Files.readAllBytes(TestData.data("text/unicode/blns.json")));
        assertThat(((JsonArray) list).elements()).hasSize(515).allMatch(JsonText.class::isInstance);
        assertThat(Json.read("again", Json.write(list))).isEqualTo(list);
    }

    @Property(tries = 300, seed = "20250304")
    void whatIsWrittenIsReadBack(@ForAll long seed) {
        JsonValue value = random(new Random(seed), 0);
        assertThat(Json.read("f", Json.write(value))).isEqualTo(value);
    }

    @Property(tries = 300, seed = "20250305")
    void damagedTextsEndInSuccessOrOneSentence(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(Json.write(random(random, 0)));
        for (int i = 0; i < 3; i++) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.setCharAt(at, "{}[]\",:\\0-.eu\n".charAt(random.nextInt(14)));
                case 1 -> text.insert(at, text.substring(random.nextInt(at + 1), at));
                default -> text.setLength(Math.max(1, at));
            }
        }
        try {
            JsonValue value = Json.read("f", text.toString());
            assertThat(Json.read("f", Json.write(value))).isEqualTo(value);
        } catch (VivaceException refused) {
            assertThat(refused.getMessage()).startsWith("f: line ");
        }
    }

    private static JsonValue random(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 4 : 6)) {
            case 0 -> new JsonText(text(random));
            case 1 -> JsonNumber.of(random.nextBoolean() ? random.nextLong() : random.nextInt(100));
            case 2 -> random.nextBoolean() ? JsonNumber.of(random.nextGaussian() * 1e20) : new JsonNull();
            case 3 -> new JsonFlag(random.nextBoolean());
            case 4 -> {
                List<JsonValue> elements = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    elements.add(random(random, depth + 1));
                }
                yield new JsonArray(elements);
            }
            default -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    members.put(text(random), random(random, depth + 1));
                }
                yield new JsonObject(members);
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append((char) random.nextInt(random.nextBoolean() ? 128 : 65536));
        }
        return text.toString();
    }
}

package dev.vivace.format.json;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads and writes JSON texts.
///
/// | limit | value |
/// |---|---|
/// | characters of a text | 134,217,728 |
/// | values in a text | 8,388,608 |
/// | arrays and objects inside each other | 128 |
/// | characters of a number | 1,000 |
public final class Json {
    static final int LONGEST_TEXT = 1 << 27;
    static final int MOST_VALUES = 1 << 23;
    static final int DEEPEST = 128;
    static final int LONGEST_NUMBER = 1000;

    private Json() {}

    /// The value of a JSON text: exactly one value, no name twice in an object, nothing after it.
    ///
    /// @param source how messages call the text, such as a file name
    /// @throws FormatException when the text is no JSON; names line and column
    /// @throws CapacityException when the text is beyond a limit of the table above
    public static JsonValue read(String source, String text) {
        if (text.length() > LONGEST_TEXT) {
            throw new CapacityException(
                    source + ": JSON of " + text.length() + " characters, expected at most " + LONGEST_TEXT);
        }
        return new JsonReader(source, text).document();
    }

    /// The value of a JSON text in UTF-8.
    ///
    /// @param source how messages call the text, such as a file name
    /// @throws FormatException when the bytes are no UTF-8 or the text is no JSON
    /// @throws CapacityException when the text is beyond a limit of the table above
    public static JsonValue read(String source, byte[] utf8) {
        if (utf8.length > LONGEST_TEXT) {
            throw new CapacityException(
                    source + ": JSON of " + utf8.length + " bytes, expected at most " + LONGEST_TEXT);
        }
        try {
            return read(
                    source,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(utf8))
                            .toString());
        } catch (CharacterCodingException e) {
            throw new FormatException(source + ": JSON is not UTF-8: " + e.getMessage(), e);
        }
    }

    /// The shortest text of `value`: no spaces, only what must be escaped is.
    ///
    /// @throws OptionException when arrays and objects are nested deeper than the limit
    public static String write(JsonValue value) {
        StringBuilder out = new StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    private static void write(JsonValue value, StringBuilder out, int depth) {
        if (depth > DEEPEST) {
            throw new OptionException("JSON nested deeper than " + DEEPEST);
        }
        switch (value) {
            case JsonValue.JsonObject object -> {
                char before = '{';
                for (var member : object.members().entrySet()) {
                    out.append(before);
                    quote(member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out, depth + 1);
                    before = ',';
                }
                out.append(before == '{' ? "{}" : "}");
            }
            case JsonValue.JsonArray array -> {
                char before = '[';
                for (JsonValue element : array.elements()) {
                    out.append(before);
                    write(element, out, depth + 1);
                    before = ',';
                }
                out.append(before == '[' ? "[]" : "]");
            }
            case JsonValue.JsonText text -> quote(text.value(), out);
            case JsonValue.JsonNumber number -> out.append(number.literal());
            case JsonValue.JsonFlag flag -> out.append(flag.value());
            case JsonValue.JsonNull _ -> out.append("null");
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || isLone(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /// Half a surrogate pair: UTF-8 has no bytes for it.
    private static boolean isLone(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    static String shortened(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}

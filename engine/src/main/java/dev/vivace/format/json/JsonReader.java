package dev.vivace.format.json;

import dev.vivace.CapacityException;
import dev.vivace.FormatException;
import dev.vivace.format.json.JsonValue.JsonArray;
import dev.vivace.format.json.JsonValue.JsonFlag;
import dev.vivace.format.json.JsonValue.JsonNull;
import dev.vivace.format.json.JsonValue.JsonNumber;
import dev.vivace.format.json.JsonValue.JsonObject;
import dev.vivace.format.json.JsonValue.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One walk over a JSON text, by recursive descent with a bound on the depth.
final class JsonReader {
    private static final char END = '\uffff';

    private final String source;
    private final String text;
    private int position;
    private int values;

    JsonReader(String source, String text) {
        this.source = source;
        this.text = text;
    }

    JsonValue document() {
        JsonValue value = value(0);
        skipSpace();
        if (position < text.length()) {
            throw unexpected("the end after the value");
        }
        return value;
    }

    private JsonValue value(int depth) {
        skipSpace();
        if (++values > Json.MOST_VALUES) {
            throw new CapacityException(place() + ": more values than " + Json.MOST_VALUES);
        }
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new JsonText(quoted());
            case 't' -> word("true", new JsonFlag(true));
            case 'f' -> word("false", new JsonFlag(false));
            case 'n' -> word("null", new JsonNull());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw unexpected("a value");
        };
    }

    private JsonValue object(int depth) {
        enter(depth);
        Map<String, JsonValue> members = new LinkedHashMap<>();
        if (!closes('}')) {
            do {
                skipSpace();
                if (peek() != '"') {
                    throw unexpected("a quoted name");
                }
                int start = position;
                String name = quoted();
                skipSpace();
                take(':');
                if (members.put(name, value(depth + 1)) != null) {
                    position = start;
                    throw new FormatException(
                            place() + ": name \"" + Json.shortened(name) + "\" appears twice, expected once");
                }
            } while (continues('}'));
        }
        return new JsonObject(members);
    }

    private JsonValue array(int depth) {
        enter(depth);
        List<JsonValue> elements = new ArrayList<>();
        if (!closes(']')) {
            do {
                elements.add(value(depth + 1));
            } while (continues(']'));
        }
        return new JsonArray(elements);
    }

    private void enter(int depth) {
        if (depth >= Json.DEEPEST) {
            throw new CapacityException(place() + ": nested deeper than " + Json.DEEPEST);
        }
        position++;
    }

    private boolean closes(char bracket) {
        skipSpace();
        if (peek() == bracket) {
            position++;
            return true;
        }
        return false;
    }

    private boolean continues(char bracket) {
        skipSpace();
        if (closes(bracket)) {
            return false;
        }
        if (peek() != ',') {
            throw unexpected("',' or '" + bracket + "'");
        }
        position++;
        return true;
    }

    private JsonValue word(String word, JsonValue value) {
        if (!text.startsWith(word, position)) {
            throw unexpected(word);
        }
        position += word.length();
        return value;
    }

    private JsonValue number() {
        int start = position;
        if (peek() == '-') {
            position++;
        }
        if (peek() == '0') {
            position++;
        } else {
            digits();
        }
        if (peek() == '.') {
            position++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            position++;
            if (peek() == '+' || peek() == '-') {
                position++;
            }
            digits();
        }
        if (position - start > Json.LONGEST_NUMBER) {
            throw new CapacityException(place() + ": a number of " + (position - start)
                    + " characters, expected at most " + Json.LONGEST_NUMBER);
        }
        return new JsonNumber(text.substring(start, position));
    }

    private void digits() {
        if (!isDigit(peek())) {
            throw unexpected("a digit");
        }
        while (isDigit(peek())) {
            position++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private String quoted() {
        position++;
        int start = position;
        while (peek() != '"' && peek() != '\\') {
            checkPlain();
            position++;
        }
        if (peek() == '"') {
            return text.substring(start, position++);
        }
        StringBuilder value = new StringBuilder(text.substring(start, position));
        while (peek() != '"') {
            if (peek() == '\\') {
                position++;
                value.append(escaped());
            } else {
                checkPlain();
                value.append(text.charAt(position++));
            }
        }
        position++;
        return value.toString();
    }

    private void checkPlain() {
        if (position >= text.length() || text.charAt(position) < ' ') {
            throw unexpected("'\"' or an escape for control characters");
        }
    }

    private char escaped() {
        char c = peek();
        position++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> {
                position--;
                throw unexpected("one of \" \\ / b f n r t u");
            }
        };
    }

    private char unit() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
            if (digit < 0) {
                throw unexpected("a hexadecimal digit");
            }
            unit = unit << 4 | digit;
            position++;
        }
        return (char) unit;
    }

    private void take(char expected) {
        if (peek() != expected) {
            throw unexpected("'" + expected + "'");
        }
        position++;
    }

    private void skipSpace() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            position++;
        }
    }

    /// The character here, or one that no rule asks for at the end of the text.
    private char peek() {
        return position < text.length() ? text.charAt(position) : END;
    }

    private FormatException unexpected(String expected) {
        String seen;
        if (position >= text.length()) {
            seen = "the text ends";
        } else {
            int c = text.codePointAt(position);
            seen = Character.isISOControl(c) || !Character.isDefined(c)
                    ? String.format("character U+%04X", c)
                    : "'" + Character.toString(c) + "'";
        }
        return new FormatException(place() + ": " + seen + ", expected " + expected);
    }

    private String place() {
        int line = 1;
        int start = 0;
        int end = Math.min(position, text.length());
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return source + ": line " + line + " column " + (text.codePointCount(start, end) + 1);
    }
}

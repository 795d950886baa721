package dev.vivace.chat.jinja;

import dev.vivace.FormatException;

/// The escapes of Python's string literals.
final class Escapes {
    private static final String SIMPLE = "\\'\"abfnrtv";
    private static final String MEANING = "\\'\"\u0007\b\f\n\r\t\u000b";

    private Escapes() {}

    static String decode(String content, int line) {
        if (content.indexOf('\\') < 0) {
            return content;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char kind = content.charAt(++i);
            int simple = SIMPLE.indexOf(kind);
            if (simple >= 0) {
                out.append(MEANING.charAt(simple));
            } else if (kind == 'x' || kind == 'u' || kind == 'U') {
                int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
                out.appendCodePoint(hex(content, i + 1, digits, line));
                i += digits;
            } else if (kind >= '0' && kind <= '7') {
                int end = i;
                while (end < content.length()
                        && end < i + 3
                        && content.charAt(end) >= '0'
                        && content.charAt(end) <= '7') {
                    end++;
                }
                out.appendCodePoint(Integer.parseInt(content.substring(i, end), 8));
                i = end - 1;
            } else if (kind == 'N') {
                throw new FormatException("Chat template, line " + line
                        + ": the escape '\\N' is not supported; write the character or '\\u' and its number.");
            } else if (kind != '\n') {
                out.append('\\').append(kind);
            }
        }
        return out.toString();
    }

    private static int hex(String content, int from, int digits, int line) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < content.length() ? Character.digit(content.charAt(i), 16) : -1;
            value = value << 4 | digit;
            if (digit < 0 || content.charAt(i) > 'f') {
                throw new FormatException("Chat template, line " + line + ": the escape '\\" + content.charAt(from - 1)
                        + "' needs " + digits + " hexadecimal digits.");
            }
        }
        if (!Character.isValidCodePoint(value)) {
            throw new FormatException(
                    "Chat template, line " + line + ": the escape '\\U' names no character of Unicode.");
        }
        return value;
    }
}

package dev.vivace.tokenizer;

/// The classes of characters that pre-tokenizers tell apart: `\p{L}`, `\p{N}`, `\s` and the rest.
final class CharClass {
    static final int LETTER = 1;
    static final int NUMBER = 2;
    static final int SPACE = 3;
    static final int OTHER = 4;

    private static final int LETTERS = 1 << Character.UPPERCASE_LETTER
            | 1 << Character.LOWERCASE_LETTER
            | 1 << Character.TITLECASE_LETTER
            | 1 << Character.MODIFIER_LETTER
            | 1 << Character.OTHER_LETTER;
    private static final int NUMBERS =
            1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER;
    private static final int SPACES =
            1 << Character.SPACE_SEPARATOR | 1 << Character.LINE_SEPARATOR | 1 << Character.PARAGRAPH_SEPARATOR;

    private CharClass() {}

    /// The class of a code point. Spaces are Unicode's White_Space, not Java's: NO-BREAK SPACE is one, U+001C
    /// is none.
    static int of(int codePoint) {
        if ((codePoint >= 9 && codePoint <= 13) || codePoint == 0x85) {
            return SPACE;
        }
        int type = 1 << Character.getType(codePoint);
        if ((type & LETTERS) != 0) {
            return LETTER;
        }
        return (type & NUMBERS) != 0 ? NUMBER : (type & SPACES) != 0 ? SPACE : OTHER;
    }

    /// The class of the character at an index.
    static int at(char[] text, int index, int to) {
        return of(Character.codePointAt(text, index, to));
    }

    /// The end of the character at an index.
    static int after(char[] text, int index, int to) {
        return index + Character.charCount(Character.codePointAt(text, index, to));
    }

    /// The end of the run of characters of one class from an index on.
    static int run(char[] text, int from, int to, int kind) {
        int end = from;
        while (end < to) {
            int codePoint = Character.codePointAt(text, end, to);
            if (of(codePoint) != kind) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return end;
    }

    /// The end of the whitespace word that begins at `from`, where whitespace stands: of a run before other text the
    /// last character is left to that text, unless it is all there is (`\s+(?!\S)|\s+`).
    static int spaces(char[] text, int from, int to) {
        int end = run(text, from, to, SPACE);
        return end < to && end - from > 1 ? end - 1 : end;
    }
}

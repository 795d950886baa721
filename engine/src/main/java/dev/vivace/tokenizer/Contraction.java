package dev.vivace.tokenizer;

/// English contractions, which several rules cut off as words of their own: `'s 't 'm 'd 're 've 'll`.
final class Contraction {
    private Contraction() {}

    /// The length of the contraction at an index, 0 if none stands there.
    static int length(char[] text, int from, int to, boolean anyCase) {
        if (text[from] != '\'' || from + 1 >= to) {
            return 0;
        }
        char first = letter(text[from + 1], anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return 2;
        }
        if (from + 2 >= to) {
            return 0;
        }
        char second = letter(text[from + 2], anyCase);
        boolean whole = ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l');
        return whole ? 3 : 0;
    }

    private static char letter(char c, boolean anyCase) {
        return anyCase && c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
}

package dev.vivace.tokenizer;

/// Llama 3's rule, and Qwen 2's, which differs in how many digits make a word:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
/// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
///
/// @param digits the most number characters in one word
record Llama3Split(int digits) implements WordSplit {
    @Override
    public int next(char[] text, int from, int to) {
        int contraction = Contraction.length(text, from, to, true);
        if (contraction > 0) {
            return from + contraction;
        }
        int kind = CharClass.at(text, from, to);
        if (kind == CharClass.LETTER) {
            return CharClass.run(text, from, to, CharClass.LETTER);
        }
        if (kind == CharClass.NUMBER) {
            return number(text, from, to);
        }
        int second = CharClass.after(text, from, to);
        if (!newline(text[from]) && second < to && CharClass.at(text, second, to) == CharClass.LETTER) {
            return CharClass.run(text, second, to, CharClass.LETTER);
        }
        int start = text[from] == ' ' && second < to ? second : from;
        if (CharClass.at(text, start, to) == CharClass.OTHER) {
            int end = CharClass.run(text, start, to, CharClass.OTHER);
            while (end < to && newline(text[end])) {
                end++;
            }
            return end;
        }
        return spaces(text, from, to);
    }

    private int number(char[] text, int from, int to) {
        int end = CharClass.after(text, from, to);
        for (int i = 1; i < digits && end < to && CharClass.at(text, end, to) == CharClass.NUMBER; i++) {
            end = CharClass.after(text, end, to);
        }
        return end;
    }

    /// Whitespace up to its last line break is one word; without one, as everywhere.
    private static int spaces(char[] text, int from, int to) {
        for (int i = CharClass.run(text, from, to, CharClass.SPACE) - 1; i >= from; i--) {
            if (newline(text[i])) {
                return i + 1;
            }
        }
        return CharClass.spaces(text, from, to);
    }

    private static boolean newline(char c) {
        return c == '\n' || c == '\r';
    }
}

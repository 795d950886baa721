package dev.vivace.tokenizer;

/// Sets every number character apart: `\p{N}`, as SmolLM and StarCoder do before GPT-2's rule.
final class DigitSplit implements WordSplit {
    @Override
    public int next(char[] text, int from, int to) {
        int end = CharClass.after(text, from, to);
        if (CharClass.at(text, from, to) == CharClass.NUMBER) {
            return end;
        }
        while (end < to && CharClass.at(text, end, to) != CharClass.NUMBER) {
            end = CharClass.after(text, end, to);
        }
        return end;
    }
}

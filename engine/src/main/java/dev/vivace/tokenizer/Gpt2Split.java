package dev.vivace.tokenizer;

/// GPT-2's rule (Radford et al., Language Models are Unsupervised Multitask Learners, 2019):
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
final class Gpt2Split implements WordSplit {
    @Override
    public int next(char[] text, int from, int to) {
        int contraction = Contraction.length(text, from, to, false);
        if (contraction > 0) {
            return from + contraction;
        }
        int start = text[from] == ' ' && from + 1 < to ? from + 1 : from;
        int kind = CharClass.at(text, start, to);
        return kind == CharClass.SPACE ? CharClass.spaces(text, from, to) : CharClass.run(text, start, to, kind);
    }
}

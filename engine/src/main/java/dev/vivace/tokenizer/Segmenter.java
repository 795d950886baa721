package dev.vivace.tokenizer;

/// One way of cutting text into pieces: what differs between kinds of vocabularies. Stateless and safe for many
/// threads. To add a kind: write its segmenter and name it in [Tokenizers].
interface Segmenter {
    /// Appends the ids of a text between special tokens.
    ///
    /// @param text no lone surrogates; may be written to within the range
    /// @param from first char
    /// @param to after the last char, `from < to`
    /// @param first whether a special token or nothing stands in front
    /// @param ids where the ids go; never a control token
    void segment(char[] text, int from, int to, boolean first, IntList ids);

    /// The UTF-8 (or part of it) that an ordinary piece stands for.
    byte[] bytes(String piece);
}

package dev.vivace.tokenizer;

/// What a token of the vocabulary is for.
public enum TokenKind {
    /// A piece of text.
    NORMAL,
    /// Stands for text that the vocabulary cannot spell.
    UNKNOWN,
    /// Steers the model (begin, end, roles); never made from a user's text and never part of an answer's text.
    CONTROL,
    /// A piece of text that is found before everything else, whole, in any text.
    USER_DEFINED,
    /// A place kept free, or a piece whose purpose the file does not tell; read as text.
    UNUSED,
    /// One byte, spelled `<0x00>` to `<0xFF>`.
    BYTE
}

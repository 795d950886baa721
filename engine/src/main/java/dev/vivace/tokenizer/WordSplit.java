package dev.vivace.tokenizer;

/// A rule that cuts text into words; pieces never reach over a cut. Stateless, linear in time, and it looks at no
/// character outside the range it is given.
@FunctionalInterface
interface WordSplit {
    /// The end of the word that begins at `from`, where `from < end <= to`.
    int next(char[] text, int from, int to);
}

package dev.vivace.seam;

/// How close a technique's answers are to the plain engine's. Tests hold it to its word.
public sealed interface Exactness {
    /// Equal bits.
    record Bitwise() implements Exactness {}

    /// Equal but for rounding: `|a - b| <= absolute + relative * |b|`.
    ///
    /// @param absolute allowed difference, in units of the value
    /// @param relative allowed share of the value
    record Close(double absolute, double relative) implements Exactness {}

    /// Other samples, the same distribution; greedy answers are equal.
    record SameDistribution() implements Exactness {}

    /// Worse by a bounded amount.
    ///
    /// @param metric what is measured, such as `perplexity ratio`
    /// @param budget how far it may be from the plain engine's
    record Lossy(String metric, double budget) implements Exactness {}
}

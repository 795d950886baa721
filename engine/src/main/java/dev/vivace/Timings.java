package dev.vivace;

/// Where an answer's time went. Times are in nanoseconds.
///
/// @param promptTokens tokens of the prompt
/// @param cachedTokens how many of them were stored already and not computed again
/// @param promptNanos from the request to the stored prompt, waiting included
/// @param generatedTokens tokens made, the end token included
/// @param generateNanos from the stored prompt to the last token
public record Timings(int promptTokens, int cachedTokens, long promptNanos, int generatedTokens, long generateNanos) {
    private static final double NANOS = 1e9;

    /// Prompt tokens computed per second; 0 if there were none.
    public double promptPerSecond() {
        int computed = promptTokens - cachedTokens;
        return promptNanos > 0 ? computed * NANOS / promptNanos : 0;
    }

    /// Tokens made per second after the first; 0 if there were none. The first comes with the prompt.
    public double generatedPerSecond() {
        return generateNanos > 0 && generatedTokens > 1 ? (generatedTokens - 1) * NANOS / generateNanos : 0;
    }
}

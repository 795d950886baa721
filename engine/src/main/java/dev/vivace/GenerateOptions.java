package dev.vivace;

import dev.vivace.sampling.Sampling;
import java.util.List;

/// How an answer is made.
///
/// @param maxTokens most tokens to make, 0 or more; 0 only stores the prompt
/// @param sampling how tokens are chosen
/// @param stop strings that end the answer and are not part of it
/// @param ignoreEnd whether the model's end tokens are taken as any other (for measuring)
public record GenerateOptions(int maxTokens, Sampling sampling, List<String> stop, boolean ignoreEnd) {
    /// Up to 1024 tokens, the usual sampling chain, no stop strings.
    public static final GenerateOptions DEFAULT = new GenerateOptions(1024, Sampling.defaults(), List.of(), false);

    /// Checks the count and copies the list.
    public GenerateOptions {
        if (maxTokens < 0) {
            throw new OptionException("max-tokens=" + maxTokens + ", expected 0 or more");
        }
        stop = List.copyOf(stop);
    }

    /// The same with another limit.
    public GenerateOptions withMaxTokens(int tokens) {
        return new GenerateOptions(tokens, sampling, stop, ignoreEnd);
    }

    /// The same with another way of choosing.
    public GenerateOptions withSampling(Sampling other) {
        return new GenerateOptions(maxTokens, other, stop, ignoreEnd);
    }

    /// The same with these stop strings.
    public GenerateOptions withStop(String... strings) {
        return new GenerateOptions(maxTokens, sampling, List.of(strings), ignoreEnd);
    }

    /// The same, going on after end tokens or not.
    public GenerateOptions withIgnoreEnd(boolean ignore) {
        return new GenerateOptions(maxTokens, sampling, stop, ignore);
    }
}

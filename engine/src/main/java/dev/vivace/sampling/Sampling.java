package dev.vivace.sampling;

import dev.vivace.OptionException;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.scalar.ScalarKernels;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// How the next token is chosen: an ordered chain of stages, a seed, and how many log-probabilities are reported.
/// Immutable; may be shared by requests and threads.
///
/// @param stages run in this order, each on what the one before left; without any, tokens are drawn from the model's
///     own distribution
/// @param seed makes the draws reproducible; empty: whoever starts the request gives one
/// @param topLogProbs how many of the most likely tokens are reported with their log-probabilities beside the chosen
///     one, 0 to [#MOST_LOG_PROBS]; empty: no log-probabilities
public record Sampling(List<Stage> stages, OptionalLong seed, OptionalInt topLogProbs) {
    /// The largest number of top log-probabilities.
    public static final int MOST_LOG_PROBS = 1000;

    /// Checks the range and keeps a copy.
    public Sampling {
        stages = List.copyOf(stages);
        if (topLogProbs.isPresent()) {
            checkTop(topLogProbs.getAsInt());
        }
    }

    /// The chain of `stages`, without seed and log-probabilities.
    public static Sampling of(Stage... stages) {
        return new Sampling(List.of(stages), OptionalLong.empty(), OptionalInt.empty());
    }

    /// Always the most likely token, the lowest id among equals.
    public static Sampling greedy() {
        return of(new Temperature(0));
    }

    /// The usual chain with the defaults of [SamplingBuilder].
    public static Sampling defaults() {
        return builder().build();
    }

    /// A builder that holds the defaults.
    public static SamplingBuilder builder() {
        return new SamplingBuilder();
    }

    /// The same with this seed.
    public Sampling withSeed(long newSeed) {
        return new Sampling(stages, OptionalLong.of(newSeed), topLogProbs);
    }

    /// The same with log-probabilities of the chosen and of the `top` most likely tokens.
    public Sampling withLogProbs(int top) {
        return new Sampling(stages, seed, OptionalInt.of(top));
    }

    /// Whether the chain picks the best candidate rather than drawing one.
    public boolean isGreedy() {
        return stages.stream().anyMatch(stage -> stage instanceof Temperature t && t.isGreedy());
    }

    /// The state of one request, with memory of its own.
    ///
    /// @param seedIfNone the seed where this has none
    public Sampler sampler(long seedIfNone) {
        return sampler(seedIfNone, new Candidates());
    }

    /// As [#sampler(long)], on logits in native memory, which `kernels` look through: the same tokens, sooner.
    ///
    /// @param seedIfNone the seed where this has none
    public Sampler sampler(long seedIfNone, Kernels kernels) {
        return new Sampler(this, seed.orElse(seedIfNone), new History(), new Candidates(), kernels);
    }

    /// The state of one request that works in `workspace`, which it shares with other samplers of the same thread.
    ///
    /// @param seedIfNone the seed where this has none
    public Sampler sampler(long seedIfNone, Candidates workspace) {
        return new Sampler(this, seed.orElse(seedIfNone), new History(), workspace, new ScalarKernels());
    }

    static void checkTop(int top) {
        if (top < 0 || top > MOST_LOG_PROBS) {
            throw new OptionException("logprobs=" + top + ", expected 0 to " + MOST_LOG_PROBS);
        }
    }
}

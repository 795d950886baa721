package dev.vivace.sampling;

/// Keeps the `k` candidates with the largest logits; among equals the lower ids.
///
/// Cost: one walk with a heap of `k`, no sort. Reference: Fan, Lewis, Dauphin: Hierarchical Neural Story Generation,
/// 2018, <https://arxiv.org/abs/1805.04833>.
///
/// @param k how many stay, 1 or more; more than there are keeps all
public record TopK(int k) implements Stage {
    /// Checks the range.
    public TopK {
        Range.closed("top-k", k, 1, Integer.MAX_VALUE);
    }

    @Override
    public StageName stageName() {
        return StageName.TOP_K;
    }

    @Override
    public Bound bind(History history) {
        return candidates -> candidates.keepTop(k);
    }
}

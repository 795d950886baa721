package dev.vivace.sampling;

/// Keeps the nucleus: the shortest run of the most likely candidates whose probabilities sum to `p` or more.
///
/// Cost: one exponential a candidate and a selection in expected linear time, no sort. Reference: Holtzman,
/// Buys, Du,
/// Forbes, Choi: The Curious Case of Neural Text Degeneration, 2020, <https://arxiv.org/abs/1904.09751>.
///
/// @param p mass to keep, more than 0 up to 1; 1 keeps all
/// @param minKeep how many stay at least, 1 or more
public record TopP(float p, int minKeep) implements Stage {
    /// Checks the ranges.
    public TopP {
        Range.above("top-p", p, 0, 1);
        Range.closed("top-p's min-keep", minKeep, 1, Integer.MAX_VALUE);
    }

    /// Keeps at least the most likely candidate.
    public TopP(float p) {
        this(p, 1);
    }

    @Override
    public StageName stageName() {
        return StageName.TOP_P;
    }

    @Override
    public Bound bind(History history) {
        return p == 1 ? candidates -> {} : candidates -> candidates.keepMass(p, minKeep);
    }
}

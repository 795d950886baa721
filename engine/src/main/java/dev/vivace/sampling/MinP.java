package dev.vivace.sampling;

/// Keeps the candidates that are at least `p` times as likely as the most likely one.
///
/// Cost: two walks over the candidates, no exponential: the bound on the logit is `max + ln p`. Reference: Nguyen,
/// Baker, Neo, Roush, Kirsch, Shwartz-Ziv: Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM
/// Outputs,
/// 2025, <https://arxiv.org/abs/2407.01082>.
///
/// @param p fraction of the largest probability, 0 to 1; 0 keeps all
/// @param minKeep how many stay at least, 1 or more
public record MinP(float p, int minKeep) implements Stage {
    /// Checks the ranges.
    public MinP {
        Range.closed("min-p", p, 0, 1);
        Range.closed("min-p's min-keep", minKeep, 1, Integer.MAX_VALUE);
    }

    /// Keeps at least the most likely candidate.
    public MinP(float p) {
        this(p, 1);
    }

    @Override
    public StageName stageName() {
        return StageName.MIN_P;
    }

    @Override
    public Bound bind(History history) {
        // StrictMath: the bound is the same on every machine.
        double below = StrictMath.log(p);
        return p == 0 ? candidates -> {} : candidates -> candidates.keepNear(below, minKeep);
    }
}

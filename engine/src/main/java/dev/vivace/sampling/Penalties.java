package dev.vivace.sampling;

/// Makes tokens that were seen before less likely.
///
/// For a token that occurs `c > 0` times among the last [#lastTokens] tokens, prompt included, the logit `x` becomes
/// `x / repetition` where `x > 0`, else `x * repetition`; then `c * frequency + presence` is taken off.
///
/// Cost: two walks over the window. Reference: Keskar, McCann, Varshney, Xiong, Socher: CTRL, 2019,
/// <https://arxiv.org/abs/1909.05858> (repetition). Deviation: the paper divides whatever the sign, which would
/// make a
/// repeated token with a negative logit more likely.
///
/// @param repetition divisor of the logit, more than 0 up to 100; 1 changes nothing, more discourages
/// @param frequency taken off for every occurrence, -100 to 100; 0 changes nothing
/// @param presence taken off once, -100 to 100; 0 changes nothing
/// @param lastTokens how far back, in tokens; 0 looks at nothing, -1 at everything
public record Penalties(float repetition, float frequency, float presence, int lastTokens) implements Stage {
    /// The value of [#lastTokens] that looks at the whole text.
    public static final int ALL_TOKENS = -1;

    /// Checks the ranges.
    public Penalties {
        Range.above("repeat-penalty", repetition, 0, 100);
        Range.closed("frequency-penalty", frequency, -100, 100);
        Range.closed("presence-penalty", presence, -100, 100);
        Range.closed("repeat-last-n", lastTokens, ALL_TOKENS, Integer.MAX_VALUE);
    }

    /// Whether this stage never changes a logit.
    public boolean isNeutral() {
        return lastTokens == 0 || (repetition == 1 && frequency == 0 && presence == 0);
    }

    @Override
    public StageName stageName() {
        return StageName.PENALTIES;
    }

    @Override
    public Bound bind(History history) {
        return isNeutral() ? candidates -> {} : candidates -> apply(candidates, history);
    }

    private void apply(Candidates candidates, History history) {
        int size = history.size();
        int from = lastTokens == ALL_TOKENS ? 0 : Math.max(0, size - lastTokens);
        int[] counts = candidates.counts();
        for (int i = from; i < size; i++) {
            int token = history.token(i);
            if (token < counts.length) {
                counts[token]++;
            }
        }
        // The second walk also leaves the counts at zero for the next token.
        for (int i = from; i < size; i++) {
            int token = history.token(i);
            if (token < counts.length && counts[token] > 0) {
                int index = candidates.indexOf(token);
                if (index >= 0) {
                    candidates.setLogit(index, penalized(candidates.logit(index), counts[token]));
                }
                counts[token] = 0;
            }
        }
    }

    private float penalized(float logit, int count) {
        float scaled = logit > 0 ? logit / repetition : logit * repetition;
        return scaled - (count * frequency + presence);
    }
}

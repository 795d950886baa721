package dev.vivace.sampling;

import dev.vivace.OptionException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// The log-probability of a chosen token and the most likely tokens at its position, as the model itself has them:
/// natural logarithms, log-softmax over the whole vocabulary, before any sampling stage.
///
/// @param token the chosen token's id
/// @param logProb its log-probability, at most 0; negative infinity where the model rules it out
/// @param top the most likely tokens by falling log-probability, equal ones by rising id
public record TokenLogProbs(int token, double logProb, List<Entry> top) {
    /// One token and its log-probability.
    ///
    /// @param token the token's id
    /// @param logProb its log-probability, at most 0
    public record Entry(int token, double logProb) {}

    /// Keeps a copy.
    public TokenLogProbs {
        top = List.copyOf(top);
    }

    /// Computes them from the `n` f32 logits at byte `offset`.
    ///
    /// @param token the chosen token, 0 to `n - 1`
    /// @param top how many of the most likely tokens, 0 to [Sampling#MOST_LOG_PROBS]
    /// @throws OptionException when `token` or `top` is out of range
    /// @throws dev.vivace.FormatException when a logit is NaN or positive infinity, or all are negative infinity
    public static TokenLogProbs of(MemorySegment logits, long offset, int n, int token, int top) {
        if (token < 0 || token >= n) {
            throw new OptionException("token id " + token + " has no log-probability, expected 0 to " + (n - 1));
        }
        Sampling.checkTop(top);
        int[] best = new int[Math.min(top, n)];
        float[] bestLogits = new float[best.length];
        float max = Float.NEGATIVE_INFINITY;
        int found = 0;
        for (int i = 0; i < n; i++) {
            float logit = logits.get(ValueLayout.JAVA_FLOAT, offset + 4L * i);
            if (!(logit < Float.POSITIVE_INFINITY)) {
                throw Candidates.notFinite(i, logit);
            }
            max = Math.max(max, logit);
            if (found < best.length || (found > 0 && logit > bestLogits[found - 1])) {
                found = insert(best, bestLogits, found, i, logit);
            }
        }
        if (max == Float.NEGATIVE_INFINITY) {
            throw Candidates.allImpossible(n);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Exponential.of((double) logits.get(ValueLayout.JAVA_FLOAT, offset + 4L * i) - max);
        }
        double logTotal = max + StrictMath.log(sum);
        List<Entry> entries = new ArrayList<>(found);
        for (int i = 0; i < found; i++) {
            entries.add(new Entry(best[i], bestLogits[i] - logTotal));
        }
        return new TokenLogProbs(token, logits.get(ValueLayout.JAVA_FLOAT, offset + 4L * token) - logTotal, entries);
    }

    /// Puts a token in its place and drops the last where there is no room; returns how many there are then.
    private static int insert(int[] ids, float[] logits, int found, int id, float logit) {
        int count = Math.min(found + 1, ids.length);
        int at = count - 1;
        while (at > 0 && logit > logits[at - 1]) {
            ids[at] = ids[at - 1];
            logits[at] = logits[at - 1];
            at--;
        }
        ids[at] = id;
        logits[at] = logit;
        return count;
    }
}

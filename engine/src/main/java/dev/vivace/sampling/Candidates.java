package dev.vivace.sampling;

import dev.vivace.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The tokens that may still come next, always in rising order of their ids, with logits and, once the chain is
/// through, probabilities. The arrays are reused: what a sampler returns holds until its next call.
///
/// A new one is empty and takes memory when first used: up to 16 bytes a vocabulary entry, 28 with penalties or a
/// nucleus. Samplers that one thread runs in turn may share one. Not safe for use by several threads.
public final class Candidates {
    private int[] ids = {};
    private float[] logits = {};
    private double[] weights = {};
    private int[] counts = {};
    private final Cut cut = new Cut();
    private int size;
    private int vocabulary;
    // Nothing was removed yet: the id is the index.
    private boolean whole;

    /// Without candidates or memory.
    public Candidates() {}

    /// How many candidates are left.
    public int size() {
        return size;
    }

    /// The token id of candidate `index`; ids rise with the index.
    public int id(int index) {
        return ids[index];
    }

    /// The logit of candidate `index` as the chain left it.
    public float logit(int index) {
        return logits[index];
    }

    /// The probability of candidate `index`; all of them sum to 1.
    public double probability(int index) {
        return weights[index];
    }

    /// The probability of `token`, 0 where it is no candidate.
    public double probabilityOf(int token) {
        int index = indexOf(token);
        return index < 0 ? 0 : weights[index];
    }

    /// The index of `token`, negative where it is no candidate.
    public int indexOf(int token) {
        if (whole) {
            return token >= 0 && token < size ? token : -1;
        }
        return Arrays.binarySearch(ids, 0, size, token);
    }

    /// Reads `n` logits from byte `offset`; tokens at negative infinity are no candidates.
    void load(MemorySegment source, long offset, int n) {
        if (logits.length < n) {
            ids = new int[n];
            logits = new float[n];
            weights = new double[n];
        }
        MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, offset, logits, 0, n);
        vocabulary = n;
        int kept = 0;
        for (int i = 0; i < n; i++) {
            float logit = logits[i];
            if (!(logit < Float.POSITIVE_INFINITY)) {
                throw notFinite(i, logit);
            }
            ids[kept] = i;
            logits[kept] = logit;
            kept += logit > Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        size = kept;
        whole = kept == n;
        if (kept == 0) {
            throw allImpossible(n);
        }
    }

    /// Reads what [#load] and [#keepTop] would leave of the logits that `scan` is over.
    void loadTop(LogitScan scan, int k) {
        if (logits.length < k) {
            ids = new int[k];
            logits = new float[k];
            weights = new double[k];
        }
        vocabulary = scan.count();
        size = cut.top(scan, k, ids);
        whole = false;
        if (size == 0) {
            throw allImpossible(vocabulary);
        }
        for (int i = 0; i < size; i++) {
            logits[i] = scan.logit(ids[i]);
        }
    }

    /// Leaves `token` alone, with probability 1.
    void single(int token, float logit) {
        if (logits.length == 0) {
            ids = new int[1];
            logits = new float[1];
            weights = new double[1];
        }
        ids[0] = token;
        logits[0] = logit;
        weights[0] = 1;
        size = 1;
        whole = false;
    }

    static FormatException notFinite(int token, float logit) {
        return new FormatException("the model's logit of token " + token + " is " + logit
                + ", expected a finite number: its weights are damaged or a computation overflowed");
    }

    static FormatException allImpossible(int n) {
        return new FormatException("all " + n + " logits of the model are -Infinity, expected one finite at least");
    }

    /// Zeros, one for each entry of the vocabulary; who counts leaves zeros behind.
    int[] counts() {
        if (counts.length < vocabulary) {
            counts = new int[vocabulary];
        }
        return counts;
    }

    void setLogit(int index, float logit) {
        logits[index] = logit;
    }

    void divide(float temperature) {
        for (int i = 0; i < size; i++) {
            logits[i] /= temperature;
        }
    }

    void dropImpossible() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            ids[kept] = ids[i];
            logits[kept] = logits[i];
            kept += logits[i] > Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        shrink(kept);
    }

    void keepBest() {
        if (size > 1) {
            int best = 0;
            for (int i = 1; i < size; i++) {
                best = logits[i] > logits[best] ? i : best;
            }
            single(ids[best], logits[best]);
        }
    }

    void keepTop(int k) {
        if (k < size) {
            keepFrom(cut.largest(logits, weights, size, k));
        }
    }

    void keepNear(double below, int minKeep) {
        float max = max();
        int near = 0;
        for (int i = 0; i < size; i++) {
            near += (double) logits[i] - max >= below ? 1 : 0;
        }
        if (near < minKeep) {
            keepTop(minKeep);
            return;
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            ids[kept] = ids[i];
            logits[kept] = logits[i];
            kept += (double) logits[i] - max >= below ? 1 : 0;
        }
        shrink(kept);
    }

    void keepMass(float p, int minKeep) {
        if (size > minKeep) {
            double total = weigh();
            int last = cut.mass(logits, weights, size, p * total, (1.0 - p) * total);
            if (cut.countFrom(logits, size, last) < minKeep) {
                keepTop(minKeep);
            } else {
                keepFrom(last);
            }
        }
    }

    /// Fills the weights, `exp(logit - max)`, and returns their sum, at least 1.
    double weigh() {
        float max = max();
        if (Float.isInfinite(max)) {
            throw new FormatException(
                    "the largest logit became " + max + " in the sampling chain, expected a finite number: "
                            + "the penalties or the temperature are too extreme for this model");
        }
        double total = 0;
        for (int i = 0; i < size; i++) {
            double weight = Exponential.of((double) logits[i] - max);
            weights[i] = weight;
            total += weight;
        }
        return total;
    }

    void normalize(double total) {
        for (int i = 0; i < size; i++) {
            weights[i] /= total;
        }
    }

    /// The candidate at which the running sum of weights passes `target`.
    int indexAt(double target) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < size; i++) {
            if (weights[i] > 0) {
                sum += weights[i];
                last = i;
                if (sum > target) {
                    return i;
                }
            }
        }
        // target can round up to the whole sum.
        return last;
    }

    private float max() {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            max = Math.max(max, logits[i]);
        }
        return max;
    }

    /// Keeps candidate `last` and all that come before it by falling logit, then rising id.
    private void keepFrom(int last) {
        float logit = logits[last];
        int kept = 0;
        for (int i = 0; i < size; i++) {
            boolean keep = logits[i] > logit || (logits[i] == logit && i <= last);
            ids[kept] = ids[i];
            logits[kept] = logits[i];
            kept += keep ? 1 : 0;
        }
        shrink(kept);
    }

    private void shrink(int kept) {
        whole = whole && kept == size;
        size = kept;
    }
}

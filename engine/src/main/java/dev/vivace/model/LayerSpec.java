package dev.vivace.model;

import dev.vivace.FormatException;
import dev.vivace.kernel.Activation;

/// The shape of one decoder layer.
///
/// @param heads query heads
/// @param kvHeads key-value heads, a divisor of `heads`
/// @param keyDim elements of a query or key of one head
/// @param valueDim elements of a value of one head
/// @param hidden neurons of the feed-forward layer
/// @param activation non-linearity of the gate
/// @param window positions that a row sees, itself included; 0 for all
/// @param attentionScale factor on the dot products
/// @param attentionSoftcap cap of the scores by tanh; 0 for none
/// @param rope position embedding
public record LayerSpec(
        int heads,
        int kvHeads,
        int keyDim,
        int valueDim,
        int hidden,
        Activation activation,
        int window,
        float attentionScale,
        float attentionSoftcap,
        Rope rope) {
    private static final int WIDEST = 1 << 24;

    /// Checks that heads divide into groups and that rows of them can be counted.
    public LayerSpec {
        if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0) {
            throw new FormatException("heads=" + heads + ", kvHeads=" + kvHeads + ", expected a divisor of the heads");
        }
        if (keyDim < 1 || valueDim < 1 || (long) heads * Math.max(keyDim, valueDim) > WIDEST) {
            throw new FormatException("heads=" + heads + " of keyDim=" + keyDim + " and valueDim=" + valueDim
                    + ", expected at most " + WIDEST + " elements in all");
        }
    }

    /// Query heads that share a key-value head.
    public int group() {
        return heads / kvHeads;
    }

    /// Width of all queries of a row.
    public int queryWidth() {
        return heads * keyDim;
    }

    /// Width of all keys of a row.
    public int keyWidth() {
        return kvHeads * keyDim;
    }

    /// Width of all values of a row.
    public int valueWidth() {
        return kvHeads * valueDim;
    }

    /// Width of the attention's output before its projection.
    public int outputWidth() {
        return heads * valueDim;
    }
}

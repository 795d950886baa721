package dev.vivace.seam;

/// What a step may be asked to hand back for a row besides its effect on the cache.
public enum Want {
    /// The head's output, `[vocabulary]`.
    LOGITS,
    /// The hidden state that enters a layer (or, for layer = layers, that enters the head's norm), `[width]`.
    HIDDEN,
    /// The row's attention probabilities in a layer over all stored slots, `[heads, slots]`.
    SCORES,
    /// The sum of [#SCORES] over all rows of the sequence that want it in this step, `[heads, slots]`.
    MASS
}

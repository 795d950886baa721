package dev.vivace.seam;

import dev.vivace.tensor.Matrix;

/// How the positions of a layer mix: softmax attention, latent attention, or a recurrent state. One mixer a
/// layer.
///
/// A mixer that keeps a state per sequence makes it in [Part#newState] and finds it by [Sequence#state]; rows
/// of one sequence come in order of their slots. A mixer that stores no keys leaves the layer's cache empty.
public non-sealed interface Mixer extends Part {
    /// Whether this part mixes layer `layer`; else the model's own does.
    boolean mixes(int layer);

    /// Whether its layers keep keys and values in the sequence's cache.
    default boolean storesKeys() {
        return false;
    }

    /// Mixes, with the matrices of [Rows#model] or its own.
    ///
    /// @param x normed hidden states `[rows, width]`
    /// @param out what is added to the hidden states `[rows, width]`, overwritten
    void run(Rows rows, int layer, Matrix x, Matrix out);

    /// Stores what later rows need of rows that stopped in an earlier layer ([Depth.Live#retire]): keys and
    /// values of their last hidden state.
    default void store(Rows rows, int layer, Matrix x) {}
}

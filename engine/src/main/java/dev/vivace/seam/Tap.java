package dev.vivace.seam;

import dev.vivace.tensor.Matrix;

/// Looks at activations on their way; changes nothing.
public interface Tap {
    /// Where activations can be seen.
    enum Place {
        /// Normed input of the queries, keys and values, `[rows, width]`.
        MIXER_INPUT,
        /// Heads' outputs before their projection, `[rows, heads * valueDim]`.
        MIXER_OUTPUT,
        /// Normed input of gate and up, `[rows, width]`.
        FEED_FORWARD_INPUT,
        /// Gated neurons before the down projection, `[rows, hidden]`.
        FEED_FORWARD_HIDDEN
    }

    /// Called once a layer and place; `x` has a row for each of `rows`.
    void see(Place place, int layer, Rows rows, Matrix x);
}

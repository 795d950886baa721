package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// Which rows run in a layer; may also rewrite hidden states.
public non-sealed interface Depth extends Part {
    /// The most rows that one row may spawn in a step.
    default int spawnsPerRow() {
        return 0;
    }

    /// Called before each layer with the rows about to run that have this part; after the last layer too, with
    /// `layer` = layers.
    ///
    /// @param hidden writable states `[batch rows, width]`; batch row `r` is row `r` here
    /// @param live what may be done to rows
    void before(int layer, Rows rows, Matrix hidden, Live live);

    /// What a depth part may do to a row; rows by their index in the [Batch].
    interface Live {
        /// The row sits this layer out: its hidden state passes by, the layer stores nothing for it.
        void skip(int row);

        /// The row runs no further layer and goes on to the head, if its logits are wanted.
        ///
        /// @param store whether later layers still store its keys and values, made from its present state
        void retire(int row, boolean store);

        /// A new row that begins at this layer, child of `from`. It gets a slot of its own: see
        /// [Sequence#keep].
        ///
        /// @param hidden its state `[width]`, copied
        /// @return its index in the batch
        int spawn(int from, int position, MemorySegment hidden);
    }
}

package dev.vivace.seam;

import dev.vivace.model.Checkpoint;
import dev.vivace.tensor.Matrix;

/// Which machine or tier holds what.
public non-sealed interface Placement extends Part {
    /// A lease on the weights of layer `layer`: resident while open.
    default Lease weights(int layer) {
        return Lease.NONE;
    }

    /// This machine's share of the model, after all rewrites and before weights are packed: fewer heads and
    /// neurons in its shape, and what belongs to them of each matrix. Applied once, where the model is loaded.
    default Checkpoint shard(Checkpoint whole) {
        return whole;
    }

    /// Adds up what every machine computed of a layer's output `[rows, width]`, in place.
    default void combine(int layer, Half half, Rows rows, Matrix partial) {}

    /// The mixer to call in place of `local`: it may run elsewhere.
    default Mixer remote(Mixer local) {
        return local;
    }

    /// Which half of a layer.
    enum Half {
        /// Attention or another mixer.
        MIXER,
        /// Feed-forward.
        FEED_FORWARD
    }

    /// Weights held in place.
    interface Lease extends AutoCloseable {
        /// For weights that are always there.
        Lease NONE = () -> {};

        @Override
        void close();
    }
}

package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;

/// Which machine or tier holds what.
public non-sealed interface Placement extends Part {
    /// A lease on the weights of layer `layer`: resident while open.
    default Lease weights(int layer) {
        return Lease.NONE;
    }

    /// This machine's share of a matrix, before it is packed.
    default Tensor shard(Tensor tensor) {
        return tensor;
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

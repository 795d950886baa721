package dev.vivace.kernel.scalar;

import dev.vivace.kernel.Weights;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;

/// Weights in the file's own layout, borrowed.
record ScalarWeights(Tensor tensor, Codec codec) implements Weights {
    @Override
    public int rows() {
        return tensor.rows();
    }

    @Override
    public int columns() {
        return tensor.columns();
    }

    @Override
    public long bytes() {
        return tensor.data().byteSize();
    }
}

package dev.vivace.kernel.vector;

import dev.vivace.kernel.Weights;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/// Weights in the file's own layout, borrowed.
record VectorWeights(Tensor tensor, RowFormat format) implements Weights {
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

    MemorySegment data() {
        return tensor.data();
    }

    /// Where column `column` of row `row` lies; `column` starts a block.
    long offset(int row, int column) {
        return row * tensor.rowBytes() + tensor.dtype().bytes(column);
    }
}

package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.Weights;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/// A matrix in panels.
///
/// @param tensor as the file holds it; read when single rows are decoded
/// @param format how panels are made and read
/// @param panels all panels, one after another, 64-byte aligned
record PanelWeights(Tensor tensor, PanelFormat format, MemorySegment panels) implements Weights {
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
        return panels.byteSize();
    }

    /// Panels of `rows` outputs.
    static int count(int rows) {
        return (rows + PanelFormat.OUTPUTS - 1) / PanelFormat.OUTPUTS;
    }

    /// Address of panel `panel`.
    long address(int panel) {
        return panels.address() + panel * format.panelBytes(columns());
    }
}

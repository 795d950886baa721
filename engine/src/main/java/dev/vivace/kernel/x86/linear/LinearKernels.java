package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Tasks;
import dev.vivace.kernel.Weights;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.kernel.x86.Target;

/// Weights: packing, decoding a row, multiplying.
public final class LinearKernels {
    private final ScalarKernels scalar = new ScalarKernels();

    /// @param target what may be emitted
    public LinearKernels(Target target) {}

    /// Bytes of scratch that a worker brings for matrices of up to `columns` columns.
    public long scratchBytes(int columns) {
        return scalar.scratchBytes(columns, 1);
    }

    /// See [dev.vivace.kernel.Kernels#pack].
    public Weights pack(Tensor tensor, Arena arena) {
        return scalar.pack(tensor, arena);
    }

    /// See [dev.vivace.kernel.Kernels#pack].
    public Weights pack(Tensor tensor, Arena arena, Tasks tasks) {
        return pack(tensor, arena);
    }

    /// See [dev.vivace.kernel.Kernels#packedBytes].
    public long packedBytes(Tensor tensor) {
        return 0;
    }

    /// See [dev.vivace.kernel.Kernels#decode].
    public void decode(Weights weights, int row, MemorySegment out, long offset) {
        scalar.decode(weights, row, out, offset);
    }

    /// See [dev.vivace.kernel.Kernels#inputForm].
    public InputForm inputForm(Weights weights, Phase phase) {
        return scalar.inputForm(weights, phase);
    }

    /// See [dev.vivace.kernel.Kernels#inputBytes].
    public long inputBytes(InputForm form, int rows, int columns) {
        return scalar.inputBytes(form, rows, columns);
    }

    /// See [dev.vivace.kernel.Kernels#prepare].
    public void prepare(Inputs inputs, int rowFrom, int rowTo) {
        scalar.prepare(inputs, rowFrom, rowTo);
    }

    /// See [dev.vivace.kernel.Kernels#multiply].
    public void multiply( Weights weights, Phase phase, Inputs inputs, int rowFrom, int rowTo, Matrix y, int from, int to, MemorySegment scratch) {
        scalar.multiply(weights, phase, inputs, rowFrom, rowTo, y, from, to, scratch);
    }

    /// See [dev.vivace.kernel.Kernels#multiplySome].
    public void multiplySome( Weights weights, Phase phase, Inputs inputs, int rowFrom, int rowTo, Matrix y, int[] outputs, int from, int to, MemorySegment scratch) {
        scalar.multiplySome(weights, phase, inputs, rowFrom, rowTo, y, outputs, from, to, scratch);
    }
}

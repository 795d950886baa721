package dev.vivace.kernel.x86.rows;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.kernel.x86.Target;

/// What works on rows element by element or group by group.
public final class RowKernels {
    private final ScalarKernels scalar = new ScalarKernels();

    /// @param target what may be emitted
    public RowKernels(Target target) {}

    /// See [dev.vivace.kernel.Kernels#rmsNorm].
    public void rmsNorm( Matrix x, Matrix out, int rowFrom, int rowTo, int groups, int dim, MemorySegment weight, float epsilon) {
        scalar.rmsNorm(x, out, rowFrom, rowTo, groups, dim, weight, epsilon);
    }

    /// See [dev.vivace.kernel.Kernels#rope].
    public void rope( Matrix x, int rowFrom, int rowTo, int heads, int headDim, int rotary, RopeStyle style, Matrix cos, Matrix sin) {
        scalar.rope(x, rowFrom, rowTo, heads, headDim, rotary, style, cos, sin);
    }

    /// See [dev.vivace.kernel.Kernels#gated].
    public void gated(Activation activation, Matrix gate, Matrix up, Matrix out, int rowFrom, int rowTo, int from, int to) {
        scalar.gated(activation, gate, up, out, rowFrom, rowTo, from, to);
    }

    /// See [dev.vivace.kernel.Kernels#add].
    public void add(Matrix x, Matrix delta, float scale, int rowFrom, int rowTo) {
        scalar.add(x, delta, scale, rowFrom, rowTo);
    }

    /// See [dev.vivace.kernel.Kernels#softcap].
    public void softcap(Matrix x, float cap, int rowFrom, int rowTo, int from, int to) {
        scalar.softcap(x, cap, rowFrom, rowTo, from, to);
    }

    /// See [dev.vivace.kernel.Kernels#store].
    public void store(MemorySegment source, long sourceOffset, DType dtype, MemorySegment target, long targetOffset, int n) {
        scalar.store(source, sourceOffset, dtype, target, targetOffset, n);
    }

    /// See [dev.vivace.kernel.Kernels#load].
    public void load(DType dtype, MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        scalar.load(dtype, source, sourceOffset, target, targetOffset, n);
    }
}

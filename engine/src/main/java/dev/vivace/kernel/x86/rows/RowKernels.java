package dev.vivace.kernel.x86.rows;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// What works on rows element by element or group by group: one call of emitted code for all rows. Sizes travel two
/// to a register, so that nothing is written to memory for a call. Safe for all threads.
public final class RowKernels {
    private static final int MOST_HEADS = 1 << 16;
    private static final int MOST_ELEMENTS = 1 << 24;

    private final Kernel rmsNorm;
    private final Kernel layerNorm;
    private final Kernel interleaved;
    private final Kernel halves;
    private final Kernel silu;
    private final Kernel gelu;
    private final Kernel add;
    private final Kernel softcap;
    private final Kernel storeHalf;
    private final Kernel storeBrain;
    private final Kernel loadHalf;
    private final Kernel loadBrain;
    private final Kernel firstAbove;

    /// @param target what may be emitted
    public RowKernels(Target target) {
        this.rmsNorm = new Kernel(() -> NormCode.rms(target));
        this.layerNorm = new Kernel(() -> NormCode.layer(target));
        this.interleaved = new Kernel(() -> RopeCode.of(RopeStyle.INTERLEAVED, target));
        this.halves = new Kernel(() -> RopeCode.of(RopeStyle.HALVES, target));
        this.silu = new Kernel(() -> ElementCode.gated(Activation.SILU, target));
        this.gelu = new Kernel(() -> ElementCode.gated(Activation.GELU_TANH, target));
        this.add = new Kernel(() -> ElementCode.add(target));
        this.softcap = new Kernel(() -> ElementCode.softcap(target));
        this.storeHalf = new Kernel(() -> ConvertCode.store(false, target));
        this.storeBrain = new Kernel(() -> ConvertCode.store(true, target));
        this.loadHalf = new Kernel(() -> ConvertCode.load(false, target));
        this.loadBrain = new Kernel(() -> ConvertCode.load(true, target));
        this.firstAbove = new Kernel(() -> ScanCode.firstAbove(target));
    }

    /// See [dev.vivace.kernel.Kernels#rmsNorm].
    public void rmsNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, int groups, int dim, MemorySegment weight, float epsilon) {
        assert holds(x, rowFrom, rowTo, (long) groups * dim) && holds(out, rowFrom, rowTo, (long) groups * dim);
        assert weight.isNative() && weight.byteSize() >= 4L * dim : "dim=" + dim + " weight=" + weight;
        rmsNorm.call(
                address(x, rowFrom, 0),
                address(out, rowFrom, 0),
                weight.address(),
                pack(x.stride(), out.stride()),
                pack(groups, dim),
                pack(rowTo - rowFrom, Float.floatToRawIntBits(epsilon)));
    }

    /// See [dev.vivace.kernel.Kernels#layerNorm].
    public void layerNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, MemorySegment weight, MemorySegment bias, float epsilon) {
        int dim = x.columns();
        assert holds(x, rowFrom, rowTo, dim) && holds(out, rowFrom, rowTo, dim);
        assert weight.isNative() && weight.byteSize() >= 4L * dim : "dim=" + dim + " weight=" + weight;
        assert bias.isNative() && bias.byteSize() >= 4L * dim : "dim=" + dim + " bias=" + bias;
        assert x.stride() < MOST_ELEMENTS && out.stride() < MOST_ELEMENTS && rowTo - rowFrom < MOST_ELEMENTS;
        layerNorm.call(
                address(x, rowFrom, 0),
                address(out, rowFrom, 0),
                weight.address(),
                bias.address(),
                pack(dim, Float.floatToRawIntBits(epsilon)),
                x.stride() / 16 | (long) (out.stride() / 16) << 20 | (long) (rowTo - rowFrom) << 40);
    }

    /// See [dev.vivace.kernel.Kernels#rope].
    public void rope(
            Matrix x,
            int rowFrom,
            int rowTo,
            int heads,
            int headDim,
            int rotary,
            RopeStyle style,
            Matrix cos,
            Matrix sin) {
        assert heads < MOST_HEADS && headDim < MOST_ELEMENTS && rotary <= headDim && rotary % 2 == 0
                : "heads=" + heads + " headDim=" + headDim + " rotary=" + rotary;
        assert holds(x, rowFrom, rowTo, (long) heads * headDim);
        assert holds(cos, rowFrom, rowTo, rotary / 2) && holds(sin, rowFrom, rowTo, rotary / 2);
        Kernel kernel = switch (style) {
            case INTERLEAVED -> interleaved;
            case HALVES -> halves;
        };
        kernel.call(
                address(x, rowFrom, 0),
                address(cos, rowFrom, 0),
                address(sin, rowFrom, 0),
                pack(x.stride(), cos.stride()),
                pack(sin.stride(), rowTo - rowFrom),
                heads | (long) headDim << 16 | (long) (rotary / 2) << 40);
    }

    /// See [dev.vivace.kernel.Kernels#gated].
    public void gated(
            Activation activation, Matrix gate, Matrix up, Matrix out, int rowFrom, int rowTo, int from, int to) {
        assert holds(gate, rowFrom, rowTo, to) && holds(up, rowFrom, rowTo, to) && holds(out, rowFrom, rowTo, to);
        assert from >= 0 && from <= to : "[" + from + ", " + to + ")";
        Kernel kernel = switch (activation) {
            case SILU -> silu;
            case GELU_TANH -> gelu;
        };
        kernel.call(
                address(gate, rowFrom, from),
                address(up, rowFrom, from),
                address(out, rowFrom, from),
                pack(gate.stride(), up.stride()),
                out.stride(),
                pack(rowTo - rowFrom, to - from));
    }

    /// See [dev.vivace.kernel.Kernels#add].
    public void add(Matrix x, Matrix delta, float scale, int rowFrom, int rowTo) {
        assert holds(x, rowFrom, rowTo, x.columns()) && holds(delta, rowFrom, rowTo, x.columns());
        add.call(
                address(x, rowFrom, 0),
                address(delta, rowFrom, 0),
                pack(x.stride(), delta.stride()),
                pack(rowTo - rowFrom, x.columns()),
                Float.floatToRawIntBits(scale),
                0);
    }

    /// See [dev.vivace.kernel.Kernels#softcap].
    public void softcap(Matrix x, float cap, int rowFrom, int rowTo, int from, int to) {
        assert holds(x, rowFrom, rowTo, to) && from >= 0 && from <= to : "[" + from + ", " + to + ")";
        softcap.call(
                address(x, rowFrom, from),
                x.stride(),
                pack(rowTo - rowFrom, to - from),
                Float.floatToRawIntBits(cap),
                0,
                0);
    }

    /// See [dev.vivace.kernel.Kernels#store].
    public void store(
            MemorySegment source, long sourceOffset, DType dtype, MemorySegment target, long targetOffset, int n) {
        if (dtype == DType.F32) {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, 4L * n);
            return;
        }
        assert dtype == DType.F16 || dtype == DType.BF16 : dtype;
        assert holds(source, sourceOffset, 4L * n) && holds(target, targetOffset, 2L * n);
        (dtype == DType.F16 ? storeHalf : storeBrain)
                .call(source.address() + sourceOffset, target.address() + targetOffset, n, 0, 0, 0);
    }

    /// See [dev.vivace.kernel.Kernels#load].
    public void load(
            DType dtype, MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        if (dtype == DType.F32) {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, 4L * n);
            return;
        }
        assert dtype == DType.F16 || dtype == DType.BF16 : dtype;
        assert holds(source, sourceOffset, 2L * n) && holds(target, targetOffset, 4L * n);
        (dtype == DType.F16 ? loadHalf : loadBrain)
                .call(source.address() + sourceOffset, target.address() + targetOffset, n, 0, 0, 0);
    }

    /// See [dev.vivace.kernel.Kernels#firstAbove].
    public int firstAbove(MemorySegment values, long offset, int from, int to, float threshold) {
        assert from >= 0 && from <= to && holds(values, offset, 4L * to) : "[" + from + ", " + to + ") of " + values;
        assert threshold < Float.POSITIVE_INFINITY : threshold;
        long first = values.address() + offset;
        return (int) firstAbove.call(first, from, to, Float.floatToRawIntBits(threshold), 0, 0);
    }

    private static long address(Matrix matrix, int row, int column) {
        return matrix.data().address() + matrix.offset(row) + 4L * column;
    }

    private static long pack(int low, int high) {
        return low & 0xFFFFFFFFL | (long) high << 32;
    }

    private static boolean holds(Matrix matrix, int rowFrom, int rowTo, long columns) {
        return matrix.data().isNative()
                && rowFrom >= 0
                && rowFrom <= rowTo
                && rowTo <= matrix.rows()
                && columns <= matrix.columns();
    }

    private static boolean holds(MemorySegment segment, long offset, long bytes) {
        return segment.isNative() && offset >= 0 && bytes >= 0 && offset + bytes <= segment.byteSize();
    }
}

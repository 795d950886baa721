package dev.vivace.kernel.vector;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.Activation;
import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.kernel.Weights;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Vectors of the machine's preferred width, at most 512 bits. Prefill has a path of its own, see the package.
public final class VectorKernels implements Kernels {
    /// The kernels; they hold no state.
    ///
    /// @throws UnsupportedException when this machine has no vectors of at least four f32
    public VectorKernels() {
        if (Lanes.L < 4) {
            throw new UnsupportedException("vectors of " + Lanes.L + " f32 are too short, expected at least 4");
        }
    }

    @Override
    public Isa isa() {
        return Isa.VECTOR;
    }

    @Override
    public long scratchBytes(int columns, int headDim) {
        return Math.max(VectorMultiply.scratchBytes(columns), AttentionStage.bytes(headDim));
    }

    @Override
    public Weights pack(Tensor tensor, Arena arena) {
        return new VectorWeights(tensor, RowFormat.of(tensor.dtype()));
    }

    @Override
    public void decode(Weights weights, int row, MemorySegment out, long offset) {
        VectorWeights own = (VectorWeights) weights;
        own.format().decode(own.data(), own.offset(row, 0), own.columns(), out, offset);
    }

    @Override
    public InputForm inputForm(Weights weights, Phase phase) {
        return InputForm.F32;
    }

    @Override
    public long inputBytes(InputForm form, int rows, int columns) {
        return 0;
    }

    @Override
    public void prepare(Inputs inputs, int rowFrom, int rowTo) {
        assert inputs.form == InputForm.F32 : inputs.form;
    }

    @Override
    public void multiply(
            Weights weights,
            Phase phase,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            Matrix y,
            int from,
            int to,
            MemorySegment scratch) {
        VectorMultiply.outputs(
                (VectorWeights) weights, phase, inputs.x, rowFrom, rowTo, y, VectorMultiply.ALL, from, to, scratch);
    }

    @Override
    public void multiplySome(
            Weights weights,
            Phase phase,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            Matrix y,
            int[] outputs,
            int from,
            int to,
            MemorySegment scratch) {
        VectorMultiply.outputs((VectorWeights) weights, phase, inputs.x, rowFrom, rowTo, y, outputs, from, to, scratch);
    }

    @Override
    public void rmsNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, int groups, int dim, MemorySegment weight, float epsilon) {
        for (int r = rowFrom; r < rowTo; r++) {
            for (int g = 0; g < groups; g++) {
                long at = 4L * g * dim;
                VectorRows.rmsNorm(x.data(), x.offset(r) + at, out.data(), out.offset(r) + at, dim, weight, epsilon);
            }
        }
    }

    @Override
    public void layerNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, MemorySegment weight, MemorySegment bias, float epsilon) {
        for (int r = rowFrom; r < rowTo; r++) {
            VectorRows.layerNorm(x, out, r, weight, bias, epsilon);
        }
    }

    @Override
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
        for (int r = rowFrom; r < rowTo; r++) {
            for (int h = 0; h < heads; h++) {
                long head = x.offset(r) + 4L * h * headDim;
                VectorRows.rope(x.data(), head, rotary, style, cos.data(), cos.offset(r), sin.data(), sin.offset(r));
            }
        }
    }

    @Override
    public void gated(
            Activation activation, Matrix gate, Matrix up, Matrix out, int rowFrom, int rowTo, int from, int to) {
        for (int r = rowFrom; r < rowTo; r++) {
            VectorRows.gated(activation, gate, up, out, r, from, to);
        }
    }

    @Override
    public void add(Matrix x, Matrix delta, float scale, int rowFrom, int rowTo) {
        for (int r = rowFrom; r < rowTo; r++) {
            VectorRows.add(x, delta, scale, r);
        }
    }

    @Override
    public void softcap(Matrix x, float cap, int rowFrom, int rowTo, int from, int to) {
        for (int r = rowFrom; r < rowTo; r++) {
            VectorMath.softcap(x.data(), x.offset(r) + 4L * from, to - from, cap);
        }
    }

    @Override
    public void store(
            MemorySegment source, long sourceOffset, DType dtype, MemorySegment target, long targetOffset, int n) {
        if (dtype == DType.F32) {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, 4L * n);
            return;
        }
        if (dtype == DType.BF16) {
            Codec.of(dtype).encode(source, sourceOffset, target, targetOffset, n);
            return;
        }
        assert dtype == DType.F16 : dtype;
        VectorRows.storeHalves(source, sourceOffset, target, targetOffset, n);
    }

    @Override
    public void load(
            DType dtype, MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        if (dtype == DType.F32) {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, 4L * n);
            return;
        }
        if (dtype == DType.BF16) {
            Codec.of(dtype).decode(source, sourceOffset, target, targetOffset, n);
            return;
        }
        assert dtype == DType.F16 : dtype;
        VectorRows.loadHalves(source, sourceOffset, target, targetOffset, n);
    }

    @Override
    public int firstAbove(MemorySegment values, long offset, int from, int to, float threshold) {
        return VectorRows.firstAbove(values, offset, from, to, threshold);
    }

    @Override
    public void attend(AttentionSpan span) {
        VectorAttention.attend(span);
    }

    @Override
    public void merge(
            MemorySegment out,
            long outOffset,
            MemorySegment lse,
            long lseOffset,
            MemorySegment out2,
            long out2Offset,
            MemorySegment lse2,
            long lse2Offset,
            int n) {
        VectorAttention.merge(out, outOffset, lse, lseOffset, out2, out2Offset, lse2, lse2Offset, n);
    }

    @Override
    public void scores(
            Matrix queries,
            int row,
            int head,
            KvBlocks kv,
            int kvHead,
            float scale,
            float softcap,
            int from,
            int to,
            MemorySegment out,
            long offset) {
        VectorAttention.scores(queries, row, head, kv, kvHead, scale, softcap, from, to, out, offset);
    }
}

package dev.vivace.kernel.scalar;

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
import java.lang.foreign.ValueLayout;

/// Plain loops over f32, with `exp`, `tanh` and `log` in double. All phases share one path.
public final class ScalarKernels implements Kernels {
    /// The kernels; they hold no state.
    public ScalarKernels() {}

    @Override
    public Isa isa() {
        return Isa.SCALAR;
    }

    @Override
    public long scratchBytes(int columns, int headDim) {
        return Matrix.ALIGNMENT + 4L * columns;
    }

    @Override
    public Weights pack(Tensor tensor, Arena arena) {
        return new ScalarWeights(tensor, Codec.of(tensor.dtype()));
    }

    @Override
    public void decode(Weights weights, int row, MemorySegment out, long offset) {
        ScalarWeights own = (ScalarWeights) weights;
        Tensor tensor = own.tensor();
        own.codec().decode(tensor.data(), row * tensor.rowBytes(), out, offset, tensor.columns());
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
        ScalarWeights own = (ScalarWeights) weights;
        for (int output = from; output < to; output++) {
            ScalarMultiply.output(own, output, inputs.x, rowFrom, rowTo, y, scratch);
        }
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
        ScalarWeights own = (ScalarWeights) weights;
        for (int i = from; i < to; i++) {
            ScalarMultiply.output(own, outputs[i], inputs.x, rowFrom, rowTo, y, scratch);
        }
    }

    @Override
    public void rmsNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, int groups, int dim, MemorySegment weight, float epsilon) {
        for (int r = rowFrom; r < rowTo; r++) {
            for (int g = 0; g < groups; g++) {
                long at = 4L * g * dim;
                ScalarRows.rmsNorm(x.data(), x.offset(r) + at, out.data(), out.offset(r) + at, dim, weight, epsilon);
            }
        }
    }

    @Override
    public void layerNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, MemorySegment weight, MemorySegment bias, float epsilon) {
        for (int r = rowFrom; r < rowTo; r++) {
            ScalarRows.layerNorm(x, out, r, weight, bias, epsilon);
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
                ScalarRows.rope(x.data(), head, rotary, style, cos.data(), cos.offset(r), sin.data(), sin.offset(r));
            }
        }
    }

    @Override
    public void gated(
            Activation activation, Matrix gate, Matrix up, Matrix out, int rowFrom, int rowTo, int from, int to) {
        for (int r = rowFrom; r < rowTo; r++) {
            ScalarRows.gated(activation, gate, up, out, r, from, to);
        }
    }

    @Override
    public void add(Matrix x, Matrix delta, float scale, int rowFrom, int rowTo) {
        for (int r = rowFrom; r < rowTo; r++) {
            ScalarRows.add(x, delta, scale, r);
        }
    }

    @Override
    public void softcap(Matrix x, float cap, int rowFrom, int rowTo, int from, int to) {
        for (int r = rowFrom; r < rowTo; r++) {
            for (int i = from; i < to; i++) {
                x.set(r, i, ScalarRows.softcap(x.at(r, i), cap));
            }
        }
    }

    @Override
    public void store(
            MemorySegment source, long sourceOffset, DType dtype, MemorySegment target, long targetOffset, int n) {
        ScalarRows.store(source, sourceOffset, dtype, target, targetOffset, n);
    }

    @Override
    public void load(
            DType dtype, MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        ScalarRows.load(dtype, source, sourceOffset, target, targetOffset, n);
    }

    @Override
    public int firstAbove(MemorySegment values, long offset, int from, int to, float threshold) {
        return ScalarRows.firstAbove(values, offset, from, to, threshold);
    }

    @Override
    public void attend(AttentionSpan span) {
        ScalarAttention.attend(span);
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
        ScalarAttention.merge(out, outOffset, lse, lseOffset, out2, out2Offset, lse2, lse2Offset, n);
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
        long query = queries.offset(row) + 4L * head * kv.keyDim();
        for (int slot = from; slot < to; slot++) {
            float score = ScalarAttention.score(queries.data(), query, kv, kvHead, slot, scale, softcap);
            out.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4L * (slot - from), score);
        }
    }
}

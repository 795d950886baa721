package dev.vivace.kernel.x86;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.kernel.Tasks;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.x86.attention.AttentionKernels;
import dev.vivace.kernel.x86.linear.LinearKernels;
import dev.vivace.kernel.x86.rows.RowKernels;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Kernels of one level, emitted by Java: weights ([LinearKernels]), what works on rows ([RowKernels]) and attention
/// ([AttentionKernels]). Safe for all threads.
public final class X86Kernels implements Kernels {
    private final Target target;
    private final Tuned tuned;
    private final LinearKernels linear;
    private final RowKernels rows;
    private final AttentionKernels attention;

    X86Kernels(Target target) {
        this(target, Tuned.FIXED);
    }

    X86Kernels(Target target, Tuned tuned) {
        this.target = target;
        this.tuned = tuned;
        this.linear = new LinearKernels(target, tuned.tuning());
        this.rows = new RowKernels(target);
        this.attention = new AttentionKernels(target);
    }

    /// Which kernels were taken where there are several, and why.
    public Tuned tuned() {
        return tuned;
    }

    /// What these kernels may use.
    Target target() {
        return target;
    }

    @Override
    public Isa isa() {
        return target.isa();
    }

    @Override
    public long scratchBytes(int columns, int headDim) {
        return Math.max(linear.scratchBytes(columns), attention.scratchBytes(headDim));
    }

    @Override
    public Arena weightArena() {
        return new WeightArena();
    }

    @Override
    public Weights pack(Tensor tensor, Arena arena) {
        return linear.pack(tensor, arena);
    }

    @Override
    public Weights pack(Tensor tensor, Arena arena, Tasks tasks) {
        Weights weights = linear.pack(tensor, arena, tasks);
        if (linear.packedBytes(tensor) > 0) {
            NativeMemory.release(tensor.data());
        }
        return weights;
    }

    @Override
    public long packedBytes(Tensor tensor) {
        return linear.packedBytes(tensor);
    }

    @Override
    public void decode(Weights weights, int row, MemorySegment out, long offset) {
        linear.decode(weights, row, out, offset);
    }

    @Override
    public InputForm inputForm(Weights weights, Phase phase) {
        return linear.inputForm(weights, phase);
    }

    @Override
    public long inputBytes(InputForm form, int rows, int columns) {
        return linear.inputBytes(form, rows, columns);
    }

    @Override
    public void prepare(Inputs inputs, int rowFrom, int rowTo) {
        linear.prepare(inputs, rowFrom, rowTo);
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
        linear.multiply(weights, phase, inputs, rowFrom, rowTo, y, from, to, scratch);
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
        linear.multiplySome(weights, phase, inputs, rowFrom, rowTo, y, outputs, from, to, scratch);
    }

    @Override
    public void rmsNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, int groups, int dim, MemorySegment weight, float epsilon) {
        rows.rmsNorm(x, out, rowFrom, rowTo, groups, dim, weight, epsilon);
    }

    @Override
    public void layerNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, MemorySegment weight, MemorySegment bias, float epsilon) {
        rows.layerNorm(x, out, rowFrom, rowTo, weight, bias, epsilon);
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
        rows.rope(x, rowFrom, rowTo, heads, headDim, rotary, style, cos, sin);
    }

    @Override
    public void gated(
            Activation activation, Matrix gate, Matrix up, Matrix out, int rowFrom, int rowTo, int from, int to) {
        rows.gated(activation, gate, up, out, rowFrom, rowTo, from, to);
    }

    @Override
    public void add(Matrix x, Matrix delta, float scale, int rowFrom, int rowTo) {
        rows.add(x, delta, scale, rowFrom, rowTo);
    }

    @Override
    public void softcap(Matrix x, float cap, int rowFrom, int rowTo, int from, int to) {
        rows.softcap(x, cap, rowFrom, rowTo, from, to);
    }

    @Override
    public void store(
            MemorySegment source, long sourceOffset, DType dtype, MemorySegment target, long targetOffset, int n) {
        rows.store(source, sourceOffset, dtype, target, targetOffset, n);
    }

    @Override
    public void load(
            DType dtype, MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        rows.load(dtype, source, sourceOffset, target, targetOffset, n);
    }

    @Override
    public int firstAbove(MemorySegment values, long offset, int from, int to, float threshold) {
        return rows.firstAbove(values, offset, from, to, threshold);
    }

    @Override
    public void attend(AttentionSpan span) {
        attention.attend(span);
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
        attention.merge(out, outOffset, lse, lseOffset, out2, out2Offset, lse2, lse2Offset, 1, n);
    }

    @Override
    public void mergeHeads(
            MemorySegment out,
            long outOffset,
            MemorySegment lse,
            long lseOffset,
            MemorySegment out2,
            long out2Offset,
            MemorySegment lse2,
            long lse2Offset,
            int heads,
            int n) {
        attention.merge(out, outOffset, lse, lseOffset, out2, out2Offset, lse2, lse2Offset, heads, n);
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
        attention.scores(queries, row, head, kv, kvHead, scale, softcap, from, to, out, offset);
    }
}

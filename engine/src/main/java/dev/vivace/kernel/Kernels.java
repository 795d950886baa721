package dev.vivace.kernel;

import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The arithmetic of a step at one level of machine. Every method computes a slice and returns: splitting work
/// over workers is the caller's. Implementations are stateless and safe for all threads; arguments are checked
/// by the caller (inside, only `assert`).
///
/// All matrices and segments hold f32 in native memory, 64-byte aligned, unless said. Slices `[from, to)` may
/// have any bounds.
public interface Kernels {
    /// The level these kernels are written for.
    Isa isa();

    /// Bytes of scratch that each worker must bring for matrices of up to `columns` columns and heads of up to
    /// `headDim` elements.
    long scratchBytes(int columns, int headDim);

    /// An arena fit for the packed weights of a model, for all threads. Whoever asks closes it.
    @SuppressWarnings("MustBeClosedChecker") // whoever asks closes it
    default Arena weightArena() {
        return Arena.ofShared();
    }

    /// Weights in the layout these kernels read. May borrow `tensor`'s memory; whatever it allocates lives in
    /// `arena`.
    Weights pack(Tensor tensor, Arena arena);

    /// As [#pack], its work shared out to `tasks`. Where everything was copied, the memory of a mapped file behind
    /// `tensor` is handed back to the system, which reads it again should anybody ask for it.
    default Weights pack(Tensor tensor, Arena arena, Tasks tasks) {
        return pack(tensor, arena);
    }

    /// Bytes that [#pack] will allocate for `tensor`; 0 where it borrows the tensor's own.
    default long packedBytes(Tensor tensor) {
        return 0;
    }

    /// Writes row `row` of the weights as f32 to `out` at byte `offset`.
    void decode(Weights weights, int row, MemorySegment out, long offset);

    /// The form in which [#multiply] by `weights` reads its inputs in `phase`.
    InputForm inputForm(Weights weights, Phase phase);

    /// Bytes that `rows` rows of `columns` columns take in `form`; 0 for [InputForm#F32].
    long inputBytes(InputForm form, int rows, int columns);

    /// Brings rows `[rowFrom, rowTo)` of `inputs.x` into `inputs.form`, in `inputs.prepared`. A row's place there
    /// depends on its number alone.
    void prepare(Inputs inputs, int rowFrom, int rowTo);

    /// `y[r, o] = sum over k of x[r, k] * w[o, k]` for rows `r` in `[rowFrom, rowTo)`, outputs `o` in `[from,
    /// to)`; `inputs` are prepared in the weights' [#inputForm].
    void multiply(
            Weights weights,
            Phase phase,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            Matrix y,
            int from,
            int to,
            MemorySegment scratch);

    /// As [#multiply] for the outputs `outputs[from..to)` only; others of `y` stay as they are. Same bits as
    /// [#multiply].
    void multiplySome(
            Weights weights,
            Phase phase,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            Matrix y,
            int[] outputs,
            int from,
            int to,
            MemorySegment scratch);

    /// RMS normalisation of groups: each row is `groups` groups of `dim` elements, `out = x / sqrt(mean(x^2) +
    /// epsilon) * weight`, with `weight` of `dim` elements (Zhang and Sennrich 2019, eq. 4). `out` may be `x`.
    void rmsNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, int groups, int dim, MemorySegment weight, float epsilon);

    /// Layer normalisation over all columns: `out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias`,
    /// with `weight` and `bias` of `x.columns()` elements and the variance over all of them (Ba, Kiros and Hinton
    /// 2016, eq. 4). `out` may be `x`.
    void layerNorm(
            Matrix x, Matrix out, int rowFrom, int rowTo, MemorySegment weight, MemorySegment bias, float epsilon);

    /// Rotates the first `rotary` elements of each head: pairs `(a, b)` become `(a cos - b sin, a sin + b cos)`
    /// (Su et al. 2021, eq. 34).
    ///
    /// @param x `[rows, heads * headDim]`, rotated in place
    /// @param cos `[rows, rotary / 2]`, row `r` for row `r` of `x`
    /// @param sin as `cos`
    void rope(
            Matrix x,
            int rowFrom,
            int rowTo,
            int heads,
            int headDim,
            int rotary,
            RopeStyle style,
            Matrix cos,
            Matrix sin);

    /// `out[r, i] = activation(gate[r, i]) * up[r, i]` for columns `[from, to)`. `out` may be `gate` or `up`.
    void gated(Activation activation, Matrix gate, Matrix up, Matrix out, int rowFrom, int rowTo, int from, int to);

    /// `x[r, i] += scale * delta[r, i]` over all columns.
    void add(Matrix x, Matrix delta, float scale, int rowFrom, int rowTo);

    /// `x[r, i] = cap * tanh(x[r, i] / cap)` for columns `[from, to)`.
    void softcap(Matrix x, float cap, int rowFrom, int rowTo, int from, int to);

    /// Stores `n` f32 from `source` as `dtype` (F32, or F16 or BF16 rounded to nearest even). A NaN stays one.
    void store(MemorySegment source, long sourceOffset, DType dtype, MemorySegment target, long targetOffset, int n);

    /// Loads `n` elements of `dtype` (F32, F16 or BF16) from `source` as f32.
    void load(DType dtype, MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n);

    /// The index of the first of the f32 `[from, to)` after byte `offset` that is above `threshold`, which is less
    /// than infinity, or no number; `to` if there is none.
    int firstAbove(MemorySegment values, long offset, int from, int to, float threshold);

    /// Softmax attention of one span, see [AttentionSpan]: normalised outputs and their log-sum-exp.
    ///
    /// The order of summation depends on slot numbers only (blocks begin at multiples of the page size), so a
    /// row's bits are the same whatever tile it stands in. Memory of slots outside `[from, to)` or outside the
    /// runs is never used.
    void attend(AttentionSpan span);

    /// Merges a later partial into an earlier one, both normalised: `lse' = log(e^lse + e^lse2)`, `out' =
    /// e^(lse-lse') out + e^(lse2-lse') out2`, `n` elements; one f32 at each `lse` offset. An empty partial
    /// (minus infinity) changes nothing, bit for bit.
    void merge(
            MemorySegment out,
            long outOffset,
            MemorySegment lse,
            long lseOffset,
            MemorySegment out2,
            long out2Offset,
            MemorySegment lse2,
            long lse2Offset,
            int n);

    /// As [#merge] for `heads` partials one after another: outputs of `n` elements and one log-sum-exp each.
    default void mergeHeads(
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
        for (int head = 0; head < heads; head++) {
            long at = 4L * head * n;
            long sum = 4L * head;
            merge(out, outOffset + at, lse, lseOffset + sum, out2, out2Offset + at, lse2, lse2Offset + sum, n);
        }
    }

    /// Scores of one query head against the keys of slots `[from, to)`: `softcap(scale * dot)` written as f32
    /// to `out` at byte `offset`, one after another.
    void scores(
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
            long offset);
}

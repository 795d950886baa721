package dev.vivace.kernel.vector;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// What the multiply needs of a storage format. Offsets and steps are in bytes; `n` elements are whole blocks
/// of the format. Stateless.
///
/// Loops call the Vector API itself, not small methods of ours: the compiler may decline to inline those (into
/// a large loop, or where they are rarely called), and each vector that crosses a real call is boxed.
///
/// The bits of [#dot] and of each of the four results of [#dot4] are the same for the same row.
abstract sealed class RowFormat
        permits F32Rows,
                F16Rows,
                Bf16Rows,
                Q4Rows,
                Q4AffineRows,
                Q5Rows,
                Q5AffineRows,
                Q8Rows,
                Q4KRows,
                Q5KRows,
                Q6KRows {

    static RowFormat of(DType dtype) {
        return switch (dtype) {
            case F32 -> new F32Rows();
            case F16 -> new F16Rows();
            case BF16 -> new Bf16Rows();
            case Q4_0 -> new Q4Rows();
            case Q4_1 -> new Q4AffineRows();
            case Q5_0 -> new Q5Rows();
            case Q5_1 -> new Q5AffineRows();
            case Q8_0 -> new Q8Rows();
            case Q4_K -> new Q4KRows();
            case Q5_K -> new Q5KRows();
            case Q6_K -> new Q6KRows();
        };
    }

    /// Writes `n` weights from byte `at` on as f32 to `out` from byte `to` on.
    abstract void decode(MemorySegment w, long at, int n, MemorySegment out, long to);

    /// The dot product of the `n` weights at `at` and the `n` f32 at `xAt`.
    ///
    /// @param scratch [Lanes#scratchBytes] bytes
    abstract float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n, MemorySegment scratch);

    /// Four dot products: of the weights with the rows at `xAt`, `xAt + xStep` and so on, written to `yAt`,
    /// `yAt + yStep` and so on.
    ///
    /// @param scratch [Lanes#scratchBytes] bytes
    abstract void dot4(
            MemorySegment w,
            long at,
            MemorySegment x,
            long xAt,
            long xStep,
            int n,
            MemorySegment y,
            long yAt,
            long yStep,
            MemorySegment scratch);
}

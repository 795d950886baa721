package dev.vivace.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Activations: f32, row-major, `[rows, columns]`, each row starting a multiple of 64 bytes from the first. A
/// view: the
/// memory belongs to whoever made it.
///
/// @param data native memory, 64-byte aligned; row `r` starts at byte `4 * r * stride`
/// @param rows how many rows
/// @param columns f32 elements of a row that mean something
/// @param stride f32 elements from one row to the next, a multiple of 16, at least `columns`
public record Matrix(MemorySegment data, int rows, int columns, int stride) {
    /// Rows start at this many bytes, so that a full vector register never straddles a cache line.
    public static final int ALIGNMENT = 64;

    /// Checks that the memory holds all rows.
    public Matrix {
        assert stride >= columns && stride % (ALIGNMENT / Float.BYTES) == 0
                : "stride=" + stride + " columns=" + columns;
        assert data.byteSize() >= 4L * rows * stride : "bytes=" + data.byteSize() + " rows=" + rows;
    }

    /// A zeroed matrix `[rows, columns]` in `arena`.
    public static Matrix allocate(Arena arena, int rows, int columns) {
        int stride = strideOf(columns);
        return new Matrix(arena.allocate(Math.max(ALIGNMENT, 4L * rows * stride), ALIGNMENT), rows, columns, stride);
    }

    /// The stride of a matrix of `columns` columns: `columns` rounded up to whole cache lines.
    public static int strideOf(int columns) {
        int line = ALIGNMENT / Float.BYTES;
        return (columns + line - 1) / line * line;
    }

    /// Byte offset of row `row` in [#data].
    public long offset(int row) {
        return 4L * row * stride;
    }

    /// The memory of row `row`, `columns` elements.
    public MemorySegment row(int row) {
        return data.asSlice(offset(row), 4L * columns);
    }

    /// The element at (`row`, `column`).
    public float at(int row, int column) {
        return data.get(ValueLayout.JAVA_FLOAT, offset(row) + 4L * column);
    }

    /// Sets the element at (`row`, `column`).
    public void set(int row, int column, float value) {
        data.set(ValueLayout.JAVA_FLOAT, offset(row) + 4L * column, value);
    }
}

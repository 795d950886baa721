package dev.vivace.tensor;

import dev.vivace.FormatException;
import java.lang.foreign.MemorySegment;

/// Weights as a file holds them: a matrix `[rows, columns]` (a vector is one row), each row a whole number of
/// blocks,
/// rows one after another without gaps. Borrows its memory from whoever mapped the file; read-only.
///
/// @param name the file's name for it, such as `blk.0.attn_q.weight`
/// @param dtype how elements are stored
/// @param rows outputs of a linear layer, entries of an embedding; 1 for a vector
/// @param columns elements of a row, a multiple of the type's block
/// @param data exactly `dtype.bytes(rows * columns)` bytes
public record Tensor(String name, DType dtype, int rows, int columns, MemorySegment data) {
    /// Checks that rows are whole blocks and that the memory has the size the shape asks for.
    public Tensor {
        if (rows < 1 || columns < 1 || columns % dtype.blockElements() != 0) {
            throw new FormatException("tensor " + name + ": shape [" + rows + ", " + columns
                    + "] is not made of rows of " + dtype + " blocks of " + dtype.blockElements());
        }
        if (data.byteSize() != dtype.bytes((long) rows * columns)) {
            throw new FormatException("tensor " + name + ": " + data.byteSize() + " bytes of data, expected "
                    + dtype.bytes((long) rows * columns) + " for " + dtype + " [" + rows + ", " + columns + "]");
        }
    }

    /// Bytes of one row.
    public long rowBytes() {
        return dtype.bytes(columns);
    }

    /// The memory of row `row`.
    public MemorySegment row(int row) {
        return data.asSlice(row * rowBytes(), rowBytes());
    }

    /// Elements in all.
    public long elements() {
        return (long) rows * columns;
    }
}

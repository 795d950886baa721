package dev.vivace.kernel.x86.linear;

/// Where things lie in inputs of form `INT8`. Rows stand in groups of 16; a group is one block after another,
/// each of 32 columns; numbers of a row stand at the row's place in its group.
final class Int8Block {
    /// Rows of a group.
    static final int ROWS = 16;
    /// Columns of a block.
    static final int COLUMNS = 32;
    /// The signed bytes of row `i` begin at `COLUMNS * i`.
    static final int SCALE = 512;
    /// `-128` times the sum of a row's 32 bytes, int32: what an offset of 128 in the weights adds too much.
    static final int OFFSET = 576;
    /// The same of the first 16 bytes.
    static final int OFFSET_LOW = 640;
    /// The same of the last 16 bytes.
    static final int OFFSET_HIGH = 704;
    /// The scale times the sum of the 32 bytes, f32: what a minimum in the weights is multiplied with.
    static final int SUM = 768;
    /// Bytes of a block.
    static final int BYTES = 832;

    private Int8Block() {}

    /// Blocks that hold `columns` columns.
    static int blocks(int columns) {
        return (columns + COLUMNS - 1) / COLUMNS;
    }

    /// Bytes of `rows` rows.
    static long bytes(int rows, int columns) {
        return (long) ((rows + ROWS - 1) / ROWS) * blocks(columns) * BYTES;
    }

    /// Where the group of row `row` begins.
    static long group(int row, int columns) {
        return (long) (row / ROWS) * blocks(columns) * BYTES;
    }
}

package dev.vivace.kernel.x86.linear;

import dev.vivace.tensor.DType;

/// What tells one quantized format from another: how its blocks lie in a panel and how they become bytes in
/// registers. A panel holds the levels of all its units first and their scales after that; a unit is 32 or 256
/// columns of 16 outputs, a sub-block 32 columns.
///
/// Levels are unsigned: in a register, lane `o` holds four neighbouring columns of output `o`, so that eight
/// registers (*steps*) hold a sub-block, step `j` the columns `4 j` to `4 j + 3`.
interface BlockFormat {
    /// The stored type.
    DType dtype();

    /// Columns of a unit: the type's own block.
    default int unitColumns() {
        return dtype().blockElements();
    }

    /// Sub-blocks of a unit.
    default int subBlocks() {
        return unitColumns() / Int8Block.COLUMNS;
    }

    /// Bytes of the levels of a unit, a multiple of 64.
    int levelBytes();

    /// Bytes of the scales of a unit.
    int scaleBytes();

    /// What the levels are too large by: 0, or a power of two up to 128.
    int offset();

    /// Whether a weight is `scale * level + minimum`.
    boolean hasMinimum();

    /// Scales of a sub-block: 1, or 2 where every 16 columns have their own.
    default int groups() {
        return 1;
    }

    /// Bits of a level.
    int bits();

    /// Writes the code that brings the levels of sub-block `sub` into the step registers.
    void unpack(BlockRegisters to, int sub);

    /// Writes the code that brings the scales of group `group` of sub-block `sub`, and the minima if there are
    /// any, into their registers.
    void scales(BlockRegisters to, int sub, int group);

    /// Writes the code that packs one unit.
    void pack(BlockPacker to);
}

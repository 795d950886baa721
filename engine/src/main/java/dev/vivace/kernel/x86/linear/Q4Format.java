package dev.vivace.kernel.x86.linear;

import dev.vivace.tensor.DType;

/// Q4_0 and Q4_1: a block is an f16 scale, for Q4_1 an f16 minimum, and 16 bytes; byte `i` holds level `i` below
/// and level `16 + i` above. Panels keep the file's words: word `j` holds step `j` below and step `4 + j` above.
///
/// @param affine whether there is a minimum (Q4_1) in place of an offset of 8
record Q4Format(boolean affine) implements BlockFormat {
    @Override
    public DType dtype() {
        return affine ? DType.Q4_1 : DType.Q4_0;
    }

    @Override
    public int levelBytes() {
        return 256;
    }

    @Override
    public int scaleBytes() {
        return affine ? 64 : 32;
    }

    @Override
    public int offset() {
        return affine ? 0 : 8;
    }

    @Override
    public boolean hasMinimum() {
        return affine;
    }

    @Override
    public int bits() {
        return 4;
    }

    @Override
    public void unpack(BlockRegisters to, int sub) {
        for (int step = 0; step < 4; step++) {
            to.lowNibbles(step, 64 * step);
            to.highNibbles(4 + step, 64 * step);
        }
    }

    @Override
    public void scales(BlockRegisters to, int sub, int group) {
        to.halves(to.scale(), 0);
        if (affine) {
            to.halves(to.minimum(), 32);
        }
    }

    @Override
    public void pack(BlockPacker to) {
        int levels = affine ? 4 : 2;
        for (int word = 0; word < 4; word++) {
            to.copyLevels(levels + 4 * word, 64 * word);
        }
        to.copyHalf(0, false, 0);
        if (affine) {
            to.copyHalf(0, true, 32);
        }
    }
}

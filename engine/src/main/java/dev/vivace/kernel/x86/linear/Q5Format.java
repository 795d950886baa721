package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;

/// Q5_0 and Q5_1: as Q4_0 and Q4_1, with a word between whose bit `i` is the fifth bit of level `i`. Panels keep
/// those bits by step: bit `j` of byte `b` belongs to byte `b` of step `j`.
///
/// @param affine whether there is a minimum (Q5_1) in place of an offset of 16
record Q5Format(boolean affine) implements BlockFormat {
    private static final int FIFTH_BITS = 256;

    @Override
    public DType dtype() {
        return affine ? DType.Q5_1 : DType.Q5_0;
    }

    @Override
    public int levelBytes() {
        return 320;
    }

    @Override
    public int scaleBytes() {
        return affine ? 64 : 32;
    }

    @Override
    public int offset() {
        return affine ? 0 : 16;
    }

    @Override
    public boolean hasMinimum() {
        return affine;
    }

    @Override
    public int bits() {
        return 5;
    }

    @Override
    public void unpack(BlockRegisters to, int sub) {
        Vec fifth = to.product(0);
        to.load(fifth, FIFTH_BITS);
        for (int step = 0; step < 4; step++) {
            to.lowNibbles(step, 64 * step);
            to.mergeBits(step, fifth, step, 4, 0x10);
            to.highNibbles(4 + step, 64 * step);
            to.mergeBits(4 + step, fifth, 4 + step, 4, 0x10);
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
        int fifth = affine ? 4 : 2;
        for (int word = 0; word < 4; word++) {
            to.copyLevels(fifth + 4 + 4 * word, 64 * word);
        }
        Vec from = to.register(0);
        Vec by = to.register(1);
        to.gather(from, fifth);
        for (int i = 0; i < 32; i++) {
            int target = i % 4 * 8 + i / 4;
            Vec bit = i == 0 ? by : to.register(2);
            to.bits(bit, from, i - target, 1 << target);
            if (i > 0) {
                to.or(by, bit);
            }
        }
        to.storeLevels(FIFTH_BITS, by);
        to.copyHalf(0, false, 0);
        if (affine) {
            to.copyHalf(0, true, 32);
        }
    }
}

package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;

/// Q6_K: a super-block is 128 bytes of lower nibbles, 64 bytes of upper bit pairs, 16 signed scales, one for every 16
/// levels, and an f16 factor. Either half of 128 levels has 64 bytes of nibbles and 32 of pairs: level `32 g + i` has
/// its nibble in byte `32 (g mod 2) + i`, below for `g < 2`, above otherwise, and its pair in bits `2 g` and `2 g + 1`
/// of byte `i`. Levels are 32 too large. Panels keep the file's words.
record Q6KFormat() implements BlockFormat {
    private static final int PAIRS = 2048;
    private static final int SCALES = 32;

    @Override
    public DType dtype() {
        return DType.Q6_K;
    }

    @Override
    public int levelBytes() {
        return 3072;
    }

    @Override
    public int scaleBytes() {
        return SCALES + 256;
    }

    @Override
    public int offset() {
        return 32;
    }

    @Override
    public boolean hasMinimum() {
        return false;
    }

    @Override
    public int groups() {
        return 2;
    }

    @Override
    public int bits() {
        return 6;
    }

    @Override
    public void unpack(BlockRegisters to, int sub) {
        int half = sub / 4;
        int g = sub % 4;
        for (int step = 0; step < BlockRegisters.STEPS; step++) {
            int nibbles = 64 * (16 * half + 8 * (g % 2) + step);
            if (g < 2) {
                to.lowNibbles(step, nibbles);
            } else {
                to.highNibbles(step, nibbles);
            }
            Vec pairs = to.product(0);
            to.load(pairs, PAIRS + 64 * (8 * half + step));
            to.mergeBits(step, pairs, 2 * g, 4, 0x30);
        }
    }

    @Override
    public void scales(BlockRegisters to, int sub, int group) {
        to.scaledBytes(to.scale(), 0, SCALES + 16 * (2 * sub + group), true);
    }

    @Override
    public void pack(BlockPacker to) {
        for (int word = 0; word < 32; word++) {
            to.copyLevels(4 * word, 64 * word);
        }
        for (int word = 0; word < 16; word++) {
            to.copyLevels(128 + 4 * word, PAIRS + 64 * word);
        }
        to.copyHalf(206, true, 0);
        for (int word = 0; word < 4; word++) {
            Vec bytes = to.register(0);
            to.gather(bytes, 192 + 4 * word);
            to.storeBytes(bytes, SCALES + 64 * word);
        }
    }
}

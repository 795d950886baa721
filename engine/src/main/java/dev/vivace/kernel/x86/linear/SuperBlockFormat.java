package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;

/// Q4_K and Q5_K: a super-block is f16 factors of scales and minima, eight 6-bit scales and minima in 12 bytes, for
/// Q5_K 32 bytes of fifth bits, and 128 bytes of nibbles: byte `32 c + i` holds level `i` of sub-block `2 c` below and
/// of sub-block `2 c + 1` above; bit `s` of fifth-bit byte `i` belongs to level `i` of sub-block `s`. Panels keep the
/// file's words; scales and minima become bytes.
///
/// @param five whether there are fifth bits
record SuperBlockFormat(boolean five) implements BlockFormat {
    private static final int FIFTH_BITS = 2048;
    /// Factors of scales and of minima, then bytes of 8 scales and of 8 minima.
    private static final int MINIMUM_FACTOR = 32;

    private static final int SCALES = 64;
    private static final int MINIMA = 192;

    @Override
    public DType dtype() {
        return five ? DType.Q5_K : DType.Q4_K;
    }

    @Override
    public int levelBytes() {
        return five ? 2560 : 2048;
    }

    @Override
    public int scaleBytes() {
        return 320;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public boolean hasMinimum() {
        return true;
    }

    @Override
    public int bits() {
        return five ? 5 : 4;
    }

    @Override
    public void unpack(BlockRegisters to, int sub) {
        for (int step = 0; step < BlockRegisters.STEPS; step++) {
            int at = sub / 2 * 512 + 64 * step;
            if (sub % 2 == 0) {
                to.lowNibbles(step, at);
            } else {
                to.highNibbles(step, at);
            }
            if (five) {
                to.load(to.product(0), FIFTH_BITS + 64 * step);
                to.mergeBits(step, to.product(0), sub, 4, 0x10);
            }
        }
    }

    @Override
    public void scales(BlockRegisters to, int sub, int group) {
        to.scaledBytes(to.scale(), 0, SCALES + 16 * sub, false);
        to.scaledBytes(to.minimum(), MINIMUM_FACTOR, MINIMA + 16 * sub, false);
        to.negate(to.minimum());
    }

    @Override
    public void pack(BlockPacker to) {
        int levels = five ? 48 : 16;
        for (int word = 0; word < 32; word++) {
            to.copyLevels(levels + 4 * word, 64 * word);
        }
        for (int word = 0; five && word < 8; word++) {
            to.copyLevels(16 + 4 * word, FIFTH_BITS + 64 * word);
        }
        to.copyHalf(0, false, 0);
        to.copyHalf(0, true, MINIMUM_FACTOR);
        Vec first = to.register(0);
        Vec second = to.register(1);
        Vec third = to.register(2);
        Vec bits = to.register(3);
        to.gather(first, 4);
        to.gather(second, 8);
        to.gather(third, 12);
        to.bits(bits, first, 0, 0x3F3F3F3F);
        to.storeBytes(bits, SCALES);
        to.bits(bits, second, 0, 0x3F3F3F3F);
        to.storeBytes(bits, MINIMA);
        // Sub-blocks 4 to 7: lower four bits in the third word, upper two above those of sub-blocks 0 to 3.
        to.bits(first, first, 2, 0x30303030);
        to.bits(bits, third, 0, 0x0F0F0F0F);
        to.or(bits, first);
        to.storeBytes(bits, SCALES + 64);
        to.bits(second, second, 2, 0x30303030);
        to.bits(bits, third, 4, 0x0F0F0F0F);
        to.or(bits, second);
        to.storeBytes(bits, MINIMA + 64);
    }
}

package dev.vivace.kernel.x86.linear;

import dev.vivace.tensor.DType;

/// Q8_0: a block is an f16 scale and 32 signed bytes. In a panel the bytes are 128 larger, hence unsigned.
record Q8Format() implements BlockFormat {
    @Override
    public DType dtype() {
        return DType.Q8_0;
    }

    @Override
    public int levelBytes() {
        return 512;
    }

    @Override
    public int scaleBytes() {
        return 32;
    }

    @Override
    public int offset() {
        return 128;
    }

    @Override
    public boolean hasMinimum() {
        return false;
    }

    @Override
    public int bits() {
        return 8;
    }

    @Override
    public void unpack(BlockRegisters to, int sub) {
        for (int step = 0; step < BlockRegisters.STEPS; step++) {
            to.load(to.step(step), 64 * step);
        }
    }

    @Override
    public void scales(BlockRegisters to, int sub, int group) {
        to.halves(to.scale(), 0);
    }

    @Override
    public void pack(BlockPacker to) {
        for (int step = 0; step < BlockRegisters.STEPS; step++) {
            to.copyLevelsUnsigned(2 + 4 * step, 64 * step);
        }
        to.copyHalf(0, false, 0);
    }
}

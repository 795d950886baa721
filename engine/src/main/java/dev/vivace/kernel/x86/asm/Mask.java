package dev.vivace.kernel.x86.asm;

import java.util.Locale;

/// A mask register of AVX-512; K0 means no mask where it stands as one.
public enum Mask implements Operand {
    K0,
    K1,
    K2,
    K3,
    K4,
    K5,
    K6,
    K7;

    @Override
    public int number() {
        return ordinal();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

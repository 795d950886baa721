package dev.vivace.kernel.x86.asm;

import java.util.Locale;

/// A mask register of AVX-512; K0 means no mask where it stands as one.
public enum Mask implements Operand {
    /// No mask where it stands as one.
    K0,
    /// Mask number 1.
    K1,
    /// Mask number 2.
    K2,
    /// Mask number 3.
    K3,
    /// Mask number 4.
    K4,
    /// Mask number 5.
    K5,
    /// Mask number 6.
    K6,
    /// Mask number 7.
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

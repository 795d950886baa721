package dev.vivace.kernel.x86.asm;

import java.util.Locale;

/// A tile register of AMX.
public enum Tile implements Operand {
    /// Tile number 0.
    TMM0,
    /// Tile number 1.
    TMM1,
    /// Tile number 2.
    TMM2,
    /// Tile number 3.
    TMM3,
    /// Tile number 4.
    TMM4,
    /// Tile number 5.
    TMM5,
    /// Tile number 6.
    TMM6,
    /// Tile number 7.
    TMM7;

    @Override
    public int number() {
        return ordinal();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package dev.vivace.kernel.x86.asm;

import java.util.Locale;

/// A tile register of AMX.
public enum Tile implements Operand {
    TMM0,
    TMM1,
    TMM2,
    TMM3,
    TMM4,
    TMM5,
    TMM6,
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

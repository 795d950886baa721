package dev.vivace.kernel.x86.asm;

import java.util.Locale;

/// When a conditional jump is taken.
public enum Condition {
    /// Below, unsigned.
    B(2),
    /// Above or equal, unsigned.
    AE(3),
    /// Equal, zero.
    E(4),
    /// Not equal, not zero.
    NE(5),
    /// Below or equal, unsigned.
    BE(6),
    /// Above, unsigned.
    A(7),
    /// Less, signed.
    L(12),
    /// Greater or equal, signed.
    GE(13),
    /// Less or equal, signed.
    LE(14),
    /// Greater, signed.
    G(15);

    private final int code;

    Condition(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

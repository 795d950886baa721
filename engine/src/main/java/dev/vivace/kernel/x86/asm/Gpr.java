package dev.vivace.kernel.x86.asm;

import java.util.Locale;

/// A general register, 64 bits; the ordinal is its number.
public enum Gpr implements Operand {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15;

    private static final String[] LOW = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

    /// The name of the lower 32 bits.
    String low() {
        return ordinal() < 8 ? LOW[ordinal()] : this + "d";
    }

    @Override
    public int number() {
        return ordinal();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package dev.vivace.kernel.x86.asm;

import java.util.Locale;

/// A general register, 64 bits; the ordinal is its number.
public enum Gpr implements Operand {
    /// Free to use.
    RAX,
    /// The fourth argument.
    RCX,
    /// The third argument.
    RDX,
    /// The caller's: save it.
    RBX,
    /// The stack pointer; no index.
    RSP,
    /// The caller's: save it. As a base it always has a displacement.
    RBP,
    /// The second argument.
    RSI,
    /// The first argument.
    RDI,
    /// The fifth argument.
    R8,
    /// The sixth argument.
    R9,
    /// Free to use.
    R10,
    /// Free to use.
    R11,
    /// The caller's: save it.
    R12,
    /// The caller's: save it. As a base it always has a displacement.
    R13,
    /// The caller's: save it.
    R14,
    /// The caller's: save it.
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

package dev.vivace.kernel.x86.asm;

/// What an instruction works on. [#toString] gives Intel syntax.
public sealed interface Operand permits Gpr, Vec, Mask, Tile, Mem, Imm {
    /// The number that a register has in encodings.
    ///
    /// @throws IllegalArgumentException if this is no register
    default int number() {
        throw new IllegalArgumentException("expected a register, got " + this);
    }
}

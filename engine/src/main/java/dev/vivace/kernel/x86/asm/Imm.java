package dev.vivace.kernel.x86.asm;

/// A number inside the instruction.
///
/// @param value signed, as wide as the instruction allows
public record Imm(long value) implements Operand {
    @Override
    public String toString() {
        return "0x" + Long.toHexString(value);
    }
}

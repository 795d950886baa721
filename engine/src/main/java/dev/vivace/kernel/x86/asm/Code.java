package dev.vivace.kernel.x86.asm;

import java.util.HexFormat;
import java.util.List;

/// A finished kernel.
///
/// @param name what it is called in listings
/// @param bytes machine code, constants included; position independent
/// @param lines its instructions in order
public record Code(String name, byte[] bytes, List<Line> lines) {
    /// One instruction.
    ///
    /// @param offset byte at which it starts
    /// @param length its bytes
    /// @param mnemonic its name
    /// @param operands its operands
    public record Line(int offset, int length, String mnemonic, List<Operand> operands) {
        @Override
        public String toString() {
            String joined = String.join(
                    ", ", operands.stream().map(Object::toString).toList());
            return (mnemonic + " " + joined).strip();
        }
    }

    /// The kernel in Intel syntax: offset, bytes and instruction on each line.
    public String listing() {
        HexFormat hex = HexFormat.of();
        StringBuilder text = new StringBuilder(name).append('\n');
        for (Line line : lines) {
            String code = hex.formatHex(bytes, line.offset(), line.offset() + line.length());
            text.append("%5x: %-22s %s\n".formatted(line.offset(), code, line));
        }
        return text.toString();
    }
}

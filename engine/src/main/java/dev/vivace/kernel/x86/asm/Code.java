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
    /// @param narrow whether general registers are used with their lower 32 bits
    public record Line(int offset, int length, String mnemonic, List<Operand> operands, boolean narrow) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(mnemonic);
            String mask = "";
            for (Operand operand : operands) {
                if (operand instanceof Vec vec && !(operands.getFirst() instanceof Vec) && vec.mask() != Mask.K0) {
                    mask = "{" + vec.mask() + "}";
                }
            }
            for (int i = 0; i < operands.size(); i++) {
                text.append(i == 0 ? " " : ", ").append(shown(operands.get(i))).append(i == 0 ? mask : "");
            }
            return text.toString();
        }

        /// Intel writes the mask of stores and comparisons on the result, our operands carry it on the vector.
        private String shown(Operand operand) {
            if (operand instanceof Vec vec && !(operands.getFirst() instanceof Vec)) {
                return Vec.of(vec.index(), vec.bits()).toString();
            }
            return narrow && operand instanceof Gpr register ? register.low() : operand.toString();
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

package dev.vivace.kernel.x86.asm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operands of a vector or tile instruction decide: how wide it is, which encoding says it, and which
/// combinations the processor would refuse or, worse, read as another instruction.
///
/// @param bits the widest vector's
/// @param evex whether EVEX is needed, or the only encoding there is
record OperandRules(int bits, boolean evex) {
    /// The encoding of `op` with these operands.
    ///
    /// @throws IllegalArgumentException if there is none; says why
    static OperandRules of(Op op, Operand[] operands) {
        if (!op.form().takes(operands.length)) {
            throw refused(op, operands, "takes another number of operands");
        }
        int bits = 128;
        boolean extended = false;
        boolean firstVector = true;
        for (Operand operand : operands) {
            if (operand instanceof Vec vec) {
                bits = Math.max(bits, vec.bits());
                extended |= vec.index() > 15 || vec.mask() != Mask.K0;
                if (vec.mask() != Mask.K0 && !firstVector) {
                    throw refused(op, operands, "carries its mask on the first vector");
                }
                firstVector = false;
            } else if (operand instanceof Mem mem) {
                extended |= mem.broadcasts() || mem.index() instanceof Vec index && index.index() > 15;
            }
        }
        memory(op, operands);
        if (op == Op.VCVTNEPS2BF16 && operands[1] instanceof Mem) {
            bits *= 2; // the width is the source's, twice the result's
        }
        // Shifts by a number read memory only in EVEX.
        extended |= op.form() == Op.Form.VMI && operands[1] instanceof Mem;
        boolean evex = op.evexW() >= 0 && (extended || bits == 512 || op.vexW() < 0);
        if (!evex && (extended || bits == 512)) {
            throw refused(op, operands, "has no encoding with 512 bits, registers from 16 on, masks or broadcasts");
        }
        if (op.form() == Op.Form.GATHER && evex == (operands.length > 2)) {
            throw refused(
                    op, operands, evex ? "carries its mask on the first vector" : "needs a mask as third operand");
        }
        if (op.form() == Op.Form.GATHER && evex && masked(operands) == Mask.K0) {
            throw refused(op, operands, "needs a mask");
        }
        return new OperandRules(bits, evex);
    }

    private static Mask masked(Operand[] operands) {
        return operands[0] instanceof Vec vec ? vec.mask() : Mask.K0;
    }

    private static void memory(Op op, Operand[] operands) {
        boolean gathers = op.form() == Op.Form.GATHER;
        for (Operand operand : operands) {
            if (operand instanceof Mem mem) {
                if (mem.broadcasts() && !op.tuple().canBroadcast()) {
                    throw refused(op, operands, "cannot broadcast");
                }
                if (mem.index() instanceof Vec != gathers) {
                    throw refused(op, operands, gathers ? "needs a vector as index" : "takes no vector as index");
                }
                if (operands.length == 2 && tile(operands) != null && mem.index() == null) {
                    throw refused(op, operands, "needs an index register: the distance between rows");
                }
            }
        }
        if (operands.length > 0 && !(operands[0] instanceof Vec)) {
            for (Operand operand : operands) {
                if (operand instanceof Vec vec && vec.zeroing()) {
                    throw refused(op, operands, "cannot zero where the result is no vector");
                }
            }
        }
    }

    private static @Nullable Tile tile(Operand[] operands) {
        for (Operand operand : operands) {
            if (operand instanceof Tile tile) {
                return tile;
            }
        }
        return null;
    }

    private static IllegalArgumentException refused(Op op, Operand[] operands, String why) {
        String shown = String.join(
                ", ", List.of(operands).stream().map(Object::toString).toList());
        return new IllegalArgumentException((op.mnemonic() + " " + shown).strip() + ": " + op.mnemonic() + " " + why);
    }
}

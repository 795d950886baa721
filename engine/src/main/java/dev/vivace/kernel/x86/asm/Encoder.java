package dev.vivace.kernel.x86.asm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Bytes of instructions: prefixes, ModRM, SIB, displacements, and the places where labels go.
final class Encoder {
    private byte[] bytes = new byte[1024];
    private int size;
    private final List<Fixup> fixups = new ArrayList<>();

    /// Four bytes at `at` that will hold the distance from `from` to `plus` bytes after `label`.
    private record Fixup(int at, int from, Label label, int plus) {}

    int size() {
        return size;
    }

    void put(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        bytes[size++] = (byte) value;
    }

    void put(int... values) {
        if (size + values.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        for (int value : values) {
            bytes[size++] = (byte) value;
        }
    }

    void put32(int value) {
        put(value);
        put(value >> 8);
        put(value >> 16);
        put(value >> 24);
    }

    void put64(long value) {
        put32((int) value);
        put32((int) (value >> 32));
    }

    /// The distance to `plus` bytes after `label`, counted from the end of the instruction, which comes `after`
    /// bytes after these four.
    void distance(Label label, int plus, int after) {
        fixups.add(new Fixup(size, size + 4 + after, label, plus));
        put32(0);
    }

    /// All bytes, distances filled in.
    byte[] finish() {
        byte[] code = Arrays.copyOf(bytes, size);
        for (Fixup fixup : fixups) {
            if (!fixup.label().isBound()) {
                throw new IllegalStateException(fixup.label() + " is used but bound nowhere");
            }
            int distance = fixup.label().offset() + fixup.plus() - fixup.from();
            for (int i = 0; i < 4; i++) {
                code[fixup.at() + i] = (byte) (distance >> 8 * i);
            }
        }
        return code;
    }

    /// A legacy instruction: prefix, REX where it is needed, opcode bytes, ModRM.
    ///
    /// @param prefix 0 for none
    /// @param w whether operands have 64 bits
    /// @param reg register number, or the opcode's extension
    /// @param after bytes of a number that follows
    void legacy(int prefix, boolean w, int[] opcode, int reg, Operand rm, int after) {
        if (prefix != 0) {
            put(prefix);
        }
        int rex = (w ? 8 : 0) | (reg >> 3 & 1) << 2 | (indexBits(rm) >> 3 & 1) << 1 | baseBits(rm) >> 3 & 1;
        if (rex != 0) {
            put(0x40 | rex);
        }
        put(opcode);
        modRm(reg, rm, 1, after);
    }

    /// VEX: two bytes where that is enough, else three.
    void vex(Op op, int bits, int w, int reg, int v, Operand rm, int after) {
        int r = ~reg >> 3 & 1;
        int x = ~indexBits(rm) >> 3 & 1;
        int b = ~baseBits(rm) >> 3 & 1;
        int tail = (~v & 15) << 3 | (bits == 256 ? 4 : 0) | op.prefix();
        if (x == 1 && b == 1 && w == 0 && op.map() == 1) {
            put(0xC5, r << 7 | tail, op.opcode());
        } else {
            put(0xC4, r << 7 | x << 6 | b << 5 | op.map(), w << 7 | tail, op.opcode());
        }
        modRm(reg, rm, 1, after);
    }

    /// EVEX.
    void evex(Op op, int bits, int reg, int v, Operand rm, Vec target, int after) {
        Mem mem = rm instanceof Mem m ? m : null;
        boolean broadcast = mem != null && mem.broadcasts();
        boolean gathers = mem != null && mem.index() instanceof Vec;
        int r = ~reg >> 3 & 1;
        int r2 = ~reg >> 4 & 1;
        int x = ~(mem == null ? baseBits(rm) >> 1 : indexBits(rm)) >> 3 & 1;
        int b = ~baseBits(rm) >> 3 & 1;
        int v2 = ~(gathers ? indexBits(rm) : v) >> 4 & 1;
        int length = bits == 512 ? 2 : bits == 256 ? 1 : 0;
        put(0x62, r << 7 | x << 6 | b << 5 | r2 << 4 | op.map());
        put(op.evexW() << 7 | (~v & 15) << 3 | 4 | op.prefix());
        int zeroing = target.zeroing() ? 0x80 : 0;
        put(zeroing
                | length << 5
                | (broadcast ? 16 : 0)
                | v2 << 3
                | target.mask().ordinal());
        put(op.opcode());
        modRm(reg, rm, op.tuple().unit(bits, broadcast), after);
    }

    /// The byte of VEX that chooses nothing: instructions without ModRM.
    void vexBare(Op op) {
        put(0xC5, 0xF8 | op.prefix(), op.opcode());
    }

    private static int baseBits(Operand rm) {
        if (rm instanceof Mem mem) {
            return mem.base() == null ? 0 : mem.base().ordinal();
        }
        return rm.number();
    }

    private static int indexBits(Operand rm) {
        return rm instanceof Mem mem && mem.index() != null ? mem.index().number() : 0;
    }

    private void modRm(int reg, Operand rm, int unit, int after) {
        if (rm instanceof Mem mem) {
            memory((reg & 7) << 3, mem, unit, after);
        } else {
            put(0xC0 | (reg & 7) << 3 | rm.number() & 7);
        }
    }

    private void memory(int reg, Mem mem, int unit, int after) {
        Gpr base = mem.base();
        if (base == null) {
            label(reg, mem, after);
            return;
        }
        int low = base.ordinal() & 7;
        int displacement = mem.displacement();
        boolean sib = mem.index() != null || low == 4;
        int mode = mode(displacement, low, unit);
        put(mode << 6 | reg | (sib ? 4 : low));
        if (sib) {
            int index = mem.index() == null ? 4 : mem.index().number() & 7;
            put(Integer.numberOfTrailingZeros(mem.scale()) << 6 | index << 3 | low);
        }
        if (mode == 1) {
            put(displacement / unit);
        } else if (mode == 2) {
            put32(displacement);
        }
    }

    /// How the displacement is written: not at all (RBP and R13 cannot), as one byte, as four.
    private static int mode(int displacement, int low, int unit) {
        if (displacement == 0 && low != 5) {
            return 0;
        }
        boolean small = displacement % unit == 0 && displacement / unit == (byte) (displacement / unit);
        return small ? 1 : 2;
    }

    private void label(int reg, Mem mem, int after) {
        @Nullable Label label = mem.label();
        if (label == null) {
            throw new IllegalArgumentException("memory has neither base nor label");
        }
        put(reg | 5);
        distance(label, mem.displacement(), after);
    }
}

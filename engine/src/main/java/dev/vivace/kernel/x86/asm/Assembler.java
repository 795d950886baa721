package dev.vivace.kernel.x86.asm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Writes one kernel. Vector instructions go through [#emit], general ones have a method each. VEX is used where
/// it can say the instruction, EVEX otherwise (512 bits, registers from 16 on, masks, broadcasts).
///
/// Not safe for several threads.
public final class Assembler {
    private static final int ALIGNMENT = 64;

    private final String name;
    private final Encoder out = new Encoder();
    private final Listing lines = new Listing();
    private final List<Constant> constants = new ArrayList<>();
    private int labels;

    /// 32-bit words after the code, and where.
    private record Constant(int[] words, Label label) {}

    /// @param name what the kernel is called in listings
    public Assembler(String name) {
        this.name = name;
    }

    /// A new label, bound nowhere yet.
    public Label label() {
        return new Label(labels++);
    }

    /// A new label bound here.
    public Label here() {
        Label label = label();
        bind(label);
        return label;
    }

    /// Binds a label here.
    public void bind(Label label) {
        label.bind(out.size());
    }

    /// Memory after the code that holds these 32-bit words, 64-byte aligned; equal words share their place.
    public Mem words(int... words) {
        for (Constant constant : constants) {
            if (Arrays.equals(constant.words(), words)) {
                return Mem.at(constant.label());
            }
        }
        Constant fresh = new Constant(words.clone(), label());
        constants.add(fresh);
        return Mem.at(fresh.label());
    }

    /// As [#words] for one f32, to be broadcast.
    public Mem constant(float value) {
        return words(Float.floatToRawIntBits(value));
    }

    /// Ends the kernel.
    ///
    /// @throws IllegalStateException if a label was used and never bound
    public Code finish() {
        for (Constant constant : constants) {
            while (out.size() % ALIGNMENT != 0) {
                out.put(0xCC);
            }
            bind(constant.label());
            for (int word : constant.words()) {
                out.put32(word);
            }
        }
        return new Code(name, out.finish(), lines);
    }

    /// A vector, mask or tile instruction; operands in Intel's order.
    public void emit(Op op, Operand... operands) {
        int from = out.size();
        OperandRules rules = OperandRules.of(op, operands);
        place(op, rules, operands);
        lines.add(from, out.size() - from, op, rules.evex(), operands);
    }

    /// As [#emit] with a number last.
    public void emit(Op op, int number, Operand... operands) {
        Operand[] all = Arrays.copyOf(operands, operands.length + 1);
        all[operands.length] = new Imm(number);
        emit(op, all);
    }

    private void place(Op op, OperandRules rules, Operand[] o) {
        switch (op.form()) {
            case RM -> encode(op, rules, o[0], 0, o[1], o, 0);
            case MR -> encode(op, rules, o[1], 0, o[0], o, 0);
            case RM_IMM -> {
                encode(op, rules, o[0], 0, o[1], o, 1);
                number(o[2]);
            }
            case MR_IMM -> {
                encode(op, rules, o[1], 0, o[0], o, 1);
                number(o[2]);
            }
            case RVM -> encode(op, rules, o[0], o[1].number(), o[2], o, 0);
            case RVM_IMM -> {
                encode(op, rules, o[0], o[1].number(), o[2], o, 1);
                number(o[3]);
            }
            case RVMR -> {
                encode(op, rules, o[0], o[1].number(), o[2], o, 1);
                out.put(o[3].number() << 4);
            }
            case MVR -> encode(op, rules, o[2], o[1].number(), o[0], o, 0);
            case RMV -> encode(op, rules, o[0], o[2].number(), o[1], o, 0);
            case VMI -> {
                encode(op, rules, new Imm(op.extension()), o[0].number(), o[1], o, 1);
                number(o[2]);
            }
            case GATHER -> encode(op, rules, o[0], o.length > 2 ? o[2].number() : 0, o[1], o, 0);
            case M -> encode(op, rules, new Imm(0), 0, o[0], o, 0);
            case R -> encode(op, rules, o[0], 0, Tile.TMM0, o, 0);
            case NOTHING -> bare(op);
        }
    }

    private void bare(Op op) {
        if (op == Op.TILERELEASE) {
            out.vex(op, 128, 0, 0, 0, Tile.TMM0, 0);
        } else {
            out.vexBare(op);
        }
    }

    private void number(Operand operand) {
        if (!(operand instanceof Imm imm) || imm.value() < -128 || imm.value() > 255) {
            throw new IllegalArgumentException("expected a number of one byte, got " + operand);
        }
        out.put((int) imm.value());
    }

    /// @param after bytes that follow ModRM and displacement
    private void encode(Op op, OperandRules rules, Operand reg, int v, Operand rm, Operand[] operands, int after) {
        int number = reg instanceof Imm imm ? (int) imm.value() : reg.number();
        if (rules.evex()) {
            out.evex(op, rules.bits(), number, v, rm, masked(operands), after);
        } else {
            out.vex(op, rules.bits(), op.vexW(), number, v, rm, after);
        }
    }

    /// The operand that carries the mask: the destination, or where that is no vector (stores, comparisons) the first
    /// vector.
    private static Vec masked(Operand[] operands) {
        for (Operand operand : operands) {
            if (operand instanceof Vec vec && vec.mask() != Mask.K0) {
                return vec;
            }
        }
        return Vec.zmm(0);
    }

    private void line(int from, Supplier<String> mnemonic, Operand... operands) {
        lines.add(from, out.size() - from, mnemonic, false, operands);
    }

    private void line(int from, String mnemonic, Operand... operands) {
        line(from, () -> mnemonic, operands);
    }

    // General registers, 64 bits unless the name says 32.

    private void legacy(String mnemonic, int prefix, boolean w, int[] opcode, int reg, Operand rm, Operand... shown) {
        int from = out.size();
        out.legacy(prefix, w, opcode, reg, rm, 0);
        lines.add(from, out.size() - from, () -> mnemonic, !w, shown);
    }

    private static int[] opcode(int... bytes) {
        return bytes;
    }

    /// `target = source`.
    public void mov(Gpr target, Gpr source) {
        legacy("mov", 0, true, opcode(0x89), source.ordinal(), target, target, source);
    }

    /// Loads 64 bits.
    public void mov(Gpr target, Mem source) {
        legacy("mov", 0, true, opcode(0x8B), target.ordinal(), source, target, source);
    }

    /// Stores 64 bits.
    public void mov(Mem target, Gpr source) {
        legacy("mov", 0, true, opcode(0x89), source.ordinal(), target, target, source);
    }

    /// Loads 32 bits; the upper half becomes 0.
    public void mov32(Gpr target, Mem source) {
        legacy("mov", 0, false, opcode(0x8B), target.ordinal(), source, target, source);
    }

    /// Stores the lower 32 bits.
    public void mov32(Mem target, Gpr source) {
        legacy("mov", 0, false, opcode(0x89), source.ordinal(), target, target, source);
    }

    /// Loads 32 bits with their sign.
    public void movsxd(Gpr target, Mem source) {
        legacy("movsxd", 0, true, opcode(0x63), target.ordinal(), source, target, source);
    }

    /// Loads 16 bits without sign.
    public void movzx16(Gpr target, Mem source) {
        legacy("movzx", 0, false, opcode(0x0F, 0xB7), target.ordinal(), source, target, source);
    }

    /// Loads a byte without sign.
    public void movzx8(Gpr target, Mem source) {
        legacy("movzx", 0, false, opcode(0x0F, 0xB6), target.ordinal(), source, target, source);
    }

    /// `target = value`.
    public void mov(Gpr target, long value) {
        int from = out.size();
        if (value == (int) value) {
            out.legacy(0, true, opcode(0xC7), 0, target, 4);
            out.put32((int) value);
        } else {
            out.put(0x48 | target.ordinal() >> 3, 0xB8 | target.ordinal() & 7);
            out.put64(value);
        }
        line(from, "mov", target, new Imm(value));
    }

    /// `target = address`.
    public void lea(Gpr target, Mem address) {
        legacy("lea", 0, true, opcode(0x8D), target.ordinal(), address, target, address);
    }

    private void arithmetic(String mnemonic, int extension, Gpr target, Operand source) {
        int from = out.size();
        // No switch over patterns: linking one takes longer than emitting all kernels of a start.
        if (source instanceof Gpr register) {
            out.legacy(0, true, opcode(extension << 3 | 1), register.number(), target, 0);
        } else if (source instanceof Mem memory) {
            out.legacy(0, true, opcode(extension << 3 | 3), target.number(), memory, 0);
        } else if (source instanceof Imm imm) {
            boolean small = imm.value() == (byte) imm.value();
            out.legacy(0, true, opcode(small ? 0x83 : 0x81), extension, target, small ? 1 : 4);
            if (small) {
                out.put((int) imm.value());
            } else {
                out.put32(Math.toIntExact(imm.value()));
            }
        } else {
            throw new IllegalArgumentException(mnemonic + " " + target + ", " + source);
        }
        line(from, mnemonic, target, source);
    }

    /// `target += source`.
    public void add(Gpr target, Operand source) {
        arithmetic("add", 0, target, source);
    }

    /// `target += value`.
    public void add(Gpr target, int value) {
        arithmetic("add", 0, target, new Imm(value));
    }

    /// `target |= source`.
    public void or(Gpr target, Operand source) {
        arithmetic("or", 1, target, source);
    }

    /// `target &= value`.
    public void and(Gpr target, int value) {
        arithmetic("and", 4, target, new Imm(value));
    }

    /// `target -= source`.
    public void sub(Gpr target, Operand source) {
        arithmetic("sub", 5, target, source);
    }

    /// `target -= value`.
    public void sub(Gpr target, int value) {
        arithmetic("sub", 5, target, new Imm(value));
    }

    /// `target ^= source`.
    public void xor(Gpr target, Operand source) {
        arithmetic("xor", 6, target, source);
    }

    /// Sets the flags of `target - source`.
    public void cmp(Gpr target, Operand source) {
        arithmetic("cmp", 7, target, source);
    }

    /// Sets the flags of `target - value`.
    public void cmp(Gpr target, int value) {
        arithmetic("cmp", 7, target, new Imm(value));
    }

    /// Sets the flags of `target & source`.
    public void test(Gpr target, Gpr source) {
        legacy("test", 0, true, opcode(0x85), source.ordinal(), target, target, source);
    }

    /// `target *= source`.
    public void imul(Gpr target, Operand source) {
        legacy("imul", 0, true, opcode(0x0F, 0xAF), target.ordinal(), source, target, source);
    }

    /// `target = source * value`.
    public void imul(Gpr target, Gpr source, int value) {
        int from = out.size();
        out.legacy(0, true, opcode(0x69), target.ordinal(), source, 4);
        out.put32(value);
        line(from, "imul", target, source, new Imm(value));
    }

    private void shift(String mnemonic, int extension, Gpr target, int count) {
        if (count < 0 || count > 63) {
            throw new IllegalArgumentException(mnemonic + " " + target + ", " + count + ": expected 0 to 63");
        }
        int from = out.size();
        out.legacy(0, true, opcode(0xC1), extension, target, 1);
        out.put(count);
        line(from, mnemonic, target, new Imm(count));
    }

    /// `target <<= count`.
    public void shl(Gpr target, int count) {
        shift("shl", 4, target, count);
    }

    /// `target >>>= count`.
    public void shr(Gpr target, int count) {
        shift("shr", 5, target, count);
    }

    /// `target` = how many zeros `source` has below its lowest one; 64 where it has no ones.
    public void tzcnt(Gpr target, Gpr source) {
        legacy("tzcnt", 0xF3, true, opcode(0x0F, 0xBC), target.ordinal(), source, target, source);
    }

    /// `target++`.
    public void inc(Gpr target) {
        legacy("inc", 0, true, opcode(0xFF), 0, target, target);
    }

    /// `target--`.
    public void dec(Gpr target) {
        legacy("dec", 0, true, opcode(0xFF), 1, target, target);
    }

    /// `target = source` if the condition holds.
    public void cmov(Condition condition, Gpr target, Operand source) {
        int from = out.size();
        out.legacy(0, true, opcode(0x0F, 0x40 | condition.code()), target.number(), source, 0);
        line(from, () -> "cmov" + condition, target, source);
    }

    /// Pushes a register.
    public void push(Gpr source) {
        oneByte("push", 0x50, source);
    }

    /// Pops a register.
    public void pop(Gpr target) {
        oneByte("pop", 0x58, target);
    }

    private void oneByte(String mnemonic, int opcode, Gpr register) {
        int from = out.size();
        if (register.ordinal() > 7) {
            out.put(0x41);
        }
        out.put(opcode | register.ordinal() & 7);
        line(from, mnemonic, register);
    }

    /// Goes on at `target`.
    public void jmp(Label target) {
        int from = out.size();
        out.put(0xE9);
        out.distance(target, 0, 0);
        line(from, () -> "jmp " + target);
    }

    /// Goes on at `target` if the condition holds.
    public void jump(Condition condition, Label target) {
        int from = out.size();
        out.put(0x0F, 0x80 | condition.code());
        out.distance(target, 0, 0);
        line(from, () -> "j" + condition + " " + target);
    }

    /// Returns to the caller.
    public void ret() {
        bytes("ret", 0xC3);
    }

    /// Asks for a cache line, to be kept in all levels (0), from the second on (1), from the third on (2), or
    /// used once (3).
    public void prefetch(int level, Mem address) {
        int[] hints = {1, 2, 3, 0};
        String[] names = {"prefetcht0", "prefetcht1", "prefetcht2", "prefetchnta"};
        legacy(names[level], 0, false, opcode(0x0F, 0x18), hints[level], address, address);
    }

    /// Stores before become visible before stores after.
    public void sfence() {
        bytes("sfence", 0x0F, 0xAE, 0xF8);
    }

    /// Reads what the processor can do.
    public void cpuid() {
        bytes("cpuid", 0x0F, 0xA2);
    }

    /// Reads what the operating system saves.
    public void xgetbv() {
        bytes("xgetbv", 0x0F, 0x01, 0xD0);
    }

    private void bytes(String mnemonic, int... code) {
        int from = out.size();
        out.put(code);
        line(from, mnemonic);
    }
}

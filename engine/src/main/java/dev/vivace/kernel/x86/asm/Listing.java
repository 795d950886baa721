package dev.vivace.kernel.x86.asm;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Supplier;

/// What an assembler was told, noted in a few array stores each: lines are made when somebody reads them, which at a
/// start nobody does.
final class Listing extends AbstractList<Code.Line> implements RandomAccess {
    private static final int EVEX = 1;
    private static final int NARROW = 2;

    private int size;
    private int[] offsets = new int[128];
    private int[] lengths = new int[128];
    private byte[] flags = new byte[128];
    private Object[] names = new Object[128]; // an Op, or who says the mnemonic
    private Operand[][] operands = new Operand[128][];

    /// Notes a vector or tile instruction.
    void add(int offset, int length, Op op, boolean evex, Operand[] shown) {
        note(offset, length, op, (evex ? EVEX : 0) | (op.hasNarrowRegisters() ? NARROW : 0), shown);
    }

    /// Notes another instruction.
    void add(int offset, int length, Supplier<String> mnemonic, boolean narrow, Operand[] shown) {
        note(offset, length, mnemonic, narrow ? NARROW : 0, shown);
    }

    private void note(int offset, int length, Object name, int bits, Operand[] shown) {
        if (size == offsets.length) {
            grow(2 * size);
        }
        offsets[size] = offset;
        lengths[size] = length;
        names[size] = name;
        flags[size] = (byte) bits;
        operands[size++] = shown;
    }

    private void grow(int capacity) {
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        flags = Arrays.copyOf(flags, capacity);
        names = Arrays.copyOf(names, capacity);
        operands = Arrays.copyOf(operands, capacity);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Code.Line get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("line " + index + " of " + size);
        }
        Object name = names[index];
        String mnemonic = name instanceof Op op
                ? op.mnemonic((flags[index] & EVEX) != 0)
                : ((Supplier<?>) name).get().toString();
        boolean narrow = (flags[index] & NARROW) != 0;
        return new Code.Line(offsets[index], lengths[index], mnemonic, List.of(operands[index]), narrow);
    }
}

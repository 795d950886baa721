package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.asm.Gpr.*;
import static dev.vivace.kernel.x86.attention.SpanScratch.BLOCK;

import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;

/// The first part of [DecodeEmitter]: a block's keys `[slots, keyDim]` to `[keyDim, BLOCK]`. Slots beside those that
/// are read come along in groups; their scores are dropped later.
///
/// At 512 bits elements of 16 bits stay so: words of two rows next to each other are put together first, so that
/// the rest turns twice as many elements as it would as f32.
final class KeyTurn {
    private final VectorCode code;
    private final Assembler a;
    private final DType dtype;
    private final int elementBytes;
    private final boolean words;

    KeyTurn(VectorCode code, DType dtype) {
        this.code = code;
        this.a = code.a;
        this.dtype = dtype;
        this.elementBytes = dtype.blockBytes();
        this.words = code.wide && elementBytes == 2;
    }

    /// How turned keys are stored.
    DType turned() {
        return words ? dtype : DType.F32;
    }

    /// RBX the block's entry.
    void emit() {
        int slots = words ? 32 : code.lanes;
        int turnedBytes = turned().blockBytes();
        a.mov(RSI, Mem.at(RDI, SpanScratch.KEY_PADDED));
        a.imul(RAX, RSI, elementBytes);
        a.lea(RCX, Mem.at(RAX, RAX, 2, 0));
        a.mov(RDX, Mem.at(RBX, SpanScratch.FIRST));
        a.and(RDX, -slots);
        Label group = a.here();
        a.mov(R8, RDX);
        a.imul(R8, RAX);
        a.add(R8, Mem.at(RBX, SpanScratch.KEY_AT));
        a.mov(R12, Mem.at(RDI, SpanScratch.KEYS));
        a.lea(R12, Mem.at(R12, RDX, turnedBytes, 0));
        a.mov(R13, RSI);
        if (words) {
            words();
        } else {
            squares();
        }
        a.add(RDX, slots);
        a.cmp(RDX, Mem.at(RBX, SpanScratch.PAST));
        a.jump(Condition.L, group);
    }

    private void squares() {
        a.lea(R9, Mem.at(R8, RAX, 4, 0));
        if (code.wide) {
            a.lea(R10, Mem.at(R9, RAX, 4, 0));
            a.lea(R11, Mem.at(R10, RAX, 4, 0));
        }
        Gpr[] quarters = {R8, R9, R10, R11};
        Label square = a.here();
        for (int row = 0; row < code.lanes; row++) {
            code.load(dtype, code.v(row), row(quarters[row / 4], row % 4));
        }
        int[] columns = Transpose.emit(code);
        for (int column = 0; column < code.lanes; column++) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(R12, 4 * BLOCK * column), code.v(columns[column]));
        }
        for (int quarter = 0; quarter < code.lanes / 4; quarter++) {
            a.add(quarters[quarter], code.lanes * elementBytes);
        }
        a.add(R12, 4 * BLOCK * code.lanes);
        a.sub(R13, code.lanes);
        a.jump(Condition.NE, square);
    }

    /// 32 slots, 32 elements of each at a time and then 16.
    private void words() {
        Label sixteen = a.label();
        Label done = a.label();
        Label many = a.here();
        a.cmp(R13, 32);
        a.jump(Condition.L, sixteen);
        half(Op.VPUNPCKLWD, 512, 0);
        half(Op.VPUNPCKHWD, 512, 4);
        a.add(R8, 64);
        a.add(R12, 2 * BLOCK * 32);
        a.sub(R13, 32);
        a.jmp(many);
        a.bind(sixteen);
        a.test(R13, R13);
        a.jump(Condition.E, done);
        half(Op.VPUNPCKLWD, 256, 0);
        half(Op.VPUNPCKHWD, 256, 4);
        a.bind(done);
    }

    /// The lower or upper four of every eight elements: pairs of rows, then 16 pairs turned.
    private void half(Op interleave, int bits, int first) {
        a.mov(R9, R8);
        for (int pair = 0; pair < 16; pair++) {
            Vec rows = Vec.of(pair, bits);
            Mem even = row(R9, pair % 2 * 2);
            Mem odd = row(R9, pair % 2 * 2 + 1);
            a.emit(Op.VMOVUPS, rows, even);
            a.emit(interleave, rows, rows, odd);
            if (pair % 2 == 1) {
                a.lea(R9, Mem.at(R9, RAX, 4, 0));
            }
        }
        int[] columns = Transpose.emit(code);
        for (int column = 0; column < bits / 32; column++) {
            int dimension = column / 4 * 8 + first + column % 4;
            a.emit(Op.VMOVUPS_STORE, Mem.at(R12, 2 * BLOCK * dimension), code.v(columns[column]));
        }
    }

    /// Row `row` of four after `first`, with the step in RAX and three steps in RCX.
    static Mem row(Gpr first, int row) {
        return switch (row) {
            case 0 -> Mem.at(first);
            case 1 -> Mem.at(first, RAX, 1, 0);
            case 2 -> Mem.at(first, RAX, 2, 0);
            default -> Mem.at(first, RCX, 1, 0);
        };
    }
}

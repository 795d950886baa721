package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.asm.Gpr.*;
import static dev.vivace.kernel.x86.attention.SpanScratch.BLOCK;

import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// The middle of [TileEmitter]: dot products `[slots, pairs]` to weights, and each pair's maximum, sum and factor
/// brought up to date.
final class TileWeights {
    private static final int GREATER = 6;

    private final VectorCode code;
    private final Assembler a;
    private final int vectors;
    private final int step;

    TileWeights(VectorCode code, int vectors) {
        this.code = code;
        this.a = code.a;
        this.vectors = vectors;
        this.step = vectors * code.bytes;
    }

    /// Bytes of READS from one slot to the next.
    static int readsStep(VectorCode code, int vectors) {
        return code.wide ? 16 : vectors * code.bytes;
    }

    /// Leaves in R15 whether some pair does not read some slot.
    void emit() {
        partly();
        others();
        VectorCode.Constants constants = code.constants(13, 14);
        code.set(code.v(15), Float.NEGATIVE_INFINITY);
        a.lea(R12, Mem.at(RDI, SpanScratch.SCORES));
        a.lea(RBP, Mem.at(RDI, SpanScratch.READS));
        a.mov(R13, Mem.at(RBX, SpanScratch.BIAS_AT));
        a.mov(R11, Mem.at(RBX, SpanScratch.PAST));
        a.mov(RSI, 0);
        Label vector = a.here();
        scores(constants);
        factors(constants);
        exponentials(constants);
        sums();
        a.add(R12, code.bytes);
        a.add(RBP, code.wide ? 4 : code.bytes);
        a.add(RSI, code.bytes);
        a.cmp(RSI, step);
        a.jump(Condition.NE, vector);
    }

    private void partly() {
        a.mov(RAX, Mem.at(RBX, SpanScratch.START));
        a.mov(RCX, RAX);
        a.add(RAX, Mem.at(RBX, SpanScratch.FIRST));
        a.add(RCX, Mem.at(RBX, SpanScratch.PAST));
        a.mov(Mem.at(RDI, SpanScratch.SAVED2), RAX);
        a.mov(Mem.at(RDI, SpanScratch.SAVED3), RCX);
        Vec first = code.v(0);
        Vec past = code.v(1);
        a.emit(Op.VPBROADCASTD, first, Mem.at(RDI, SpanScratch.SAVED2));
        a.emit(Op.VPBROADCASTD, past, Mem.at(RDI, SpanScratch.SAVED3));
        a.mov(R15, 1);
        Label known = a.label();
        for (int v = 0; v < vectors; v++) {
            Vec from = code.v(2);
            Vec to = code.v(3);
            a.emit(Op.VMOVUPS, from, Mem.at(RDI, SpanScratch.PAIR_FROM + v * code.bytes));
            a.emit(Op.VMOVUPS, to, Mem.at(RDI, SpanScratch.PAIR_TO + v * code.bytes));
            if (code.wide) {
                a.emit(Op.VPCMPD_K, GREATER, Mask.K1, from, first);
                a.emit(Op.VPCMPD_K, GREATER, Mask.K2, past, to);
                a.emit(Op.KORTESTW, Mask.K1, Mask.K2);
            } else {
                a.emit(Op.VPCMPGTD, from, from, first);
                a.emit(Op.VPCMPGTD, to, past, to);
                a.emit(Op.VORPS, from, from, to);
                a.emit(Op.VMOVMSKPS, RAX, from);
                a.test(RAX, RAX);
            }
            a.jump(Condition.NE, known);
        }
        a.mov(R15, 0);
        a.bind(known);
    }

    /// Slots of the block that nobody reads weigh 0.
    private void others() {
        code.zero(code.v(0));
        a.lea(RCX, Mem.at(RDI, SpanScratch.SCORES));
        a.mov(RAX, Mem.at(RBX, SpanScratch.FIRST));
        clear();
        a.mov(RAX, Mem.at(RBX, SpanScratch.PAST));
        a.imul(RCX, RAX, step);
        a.lea(RCX, Mem.at(RDI, RCX, 1, SpanScratch.SCORES));
        a.sub(RAX, BLOCK);
        a.imul(RAX, RAX, -1);
        clear();
    }

    /// RAX slots from RCX on.
    private void clear() {
        Label done = a.label();
        Label slot = a.here();
        a.test(RAX, RAX);
        a.jump(Condition.E, done);
        for (int v = 0; v < vectors; v++) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(RCX, v * code.bytes), code.v(0));
        }
        a.add(RCX, step);
        a.dec(RAX);
        a.jmp(slot);
        a.bind(done);
    }

    /// R10 = the first slot, RDX = its scores.
    private void firstSlot() {
        a.mov(R10, Mem.at(RBX, SpanScratch.FIRST));
        a.imul(RDX, R10, step);
        a.add(RDX, R12);
    }

    /// Dot products to scores; the largest in vector 8.
    private void scores(VectorCode.Constants constants) {
        Label next = a.label();
        Label capped = a.label();
        firstSlot();
        a.emit(Op.VMOVUPS, code.v(8), code.v(15));
        a.emit(Op.VBROADCASTSS, code.v(9), Mem.at(RDI, SpanScratch.SCALE_F32));
        a.emit(Op.VMOVUPS, code.v(10), Mem.at(RDI, RSI, 1, SpanScratch.PAIR_FROM));
        a.emit(Op.VMOVUPS, code.v(11), Mem.at(RDI, RSI, 1, SpanScratch.PAIR_TO));
        a.emit(Op.VPBROADCASTD, code.v(12), Mem.at(RDI, SpanScratch.SAVED2));
        a.imul(R8, R10, readsStep(code, vectors));
        a.add(R8, RBP);
        a.mov32(RAX, Mem.at(RDI, SpanScratch.SOFTCAP_F32));
        a.test(RAX, RAX);
        a.jump(Condition.NE, capped);
        Label all = a.label();
        a.test(R15, R15);
        a.jump(Condition.E, all);
        slots(constants, true, false);
        a.jmp(next);
        a.bind(all);
        slots(constants, false, false);
        a.jmp(next);
        a.bind(capped);
        slots(constants, true, true);
        a.bind(next);
    }

    private void slots(VectorCode.Constants constants, boolean partly, boolean capped) {
        Label slot = a.here();
        Vec x = code.v(0);
        a.emit(Op.VMULPS, x, code.v(9), Mem.at(RDX));
        if (capped) {
            SoftcapEmitter.emit(code, x, constants);
        }
        if (code.wide) {
            a.emit(Op.VADDPS, x, x, Mem.at(R13, R10, 4, 0).broadcast());
        } else {
            a.emit(Op.VBROADCASTSS, code.v(1), Mem.at(R13, R10, 4, 0));
            a.emit(Op.VADDPS, x, x, code.v(1));
        }
        if (partly) {
            code.within(Mask.K1, code.v(1), code.v(12), code.v(10), code.v(11), code.v(2));
            if (code.wide) {
                a.emit(Op.KMOVW_TO_GPR, RAX, Mask.K1);
                a.mov32(Mem.at(R8), RAX);
            } else {
                a.emit(Op.VMOVUPS_STORE, Mem.at(R8), code.v(1));
            }
            code.keep(x, Mask.K1, code.v(1), code.v(15));
            a.emit(Op.VPADDD, code.v(12), code.v(12), code.allWords(1));
            a.add(R8, readsStep(code, vectors));
        }
        a.emit(Op.VMOVUPS_STORE, Mem.at(RDX), x);
        a.emit(Op.VMAXPS, code.v(8), x, code.v(8));
        a.add(RDX, step);
        a.inc(R10);
        a.cmp(R10, R11);
        a.jump(Condition.NE, slot);
    }

    /// The new maximum, what is subtracted (vector 8) and the factor on what was summed before (vector 9).
    private void factors(VectorCode.Constants constants) {
        Vec largest = code.v(8);
        Vec old = code.v(9);
        a.emit(Op.VMOVUPS, old, Mem.at(RDI, RSI, 1, SpanScratch.LARGEST));
        a.emit(Op.VMAXPS, largest, largest, old);
        a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, RSI, 1, SpanScratch.LARGEST), largest);
        code.finiteOrZero(largest, largest, code.v(10));
        a.emit(Op.VSUBPS, old, old, largest);
        code.exp(old, code.v(10), code.v(11), code.v(12), constants);
        a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, RSI, 1, SpanScratch.SHRINK), old);
    }

    private void exponentials(VectorCode.Constants constants) {
        firstSlot();
        Label slot = a.here();
        Vec x = code.v(0);
        a.emit(Op.VMOVUPS, x, Mem.at(RDX));
        a.emit(Op.VSUBPS, x, x, code.v(8));
        code.exp(x, code.v(1), code.v(2), code.v(3), constants);
        a.emit(Op.VMOVUPS_STORE, Mem.at(RDX), x);
        a.add(RDX, step);
        a.inc(R10);
        a.cmp(R10, R11);
        a.jump(Condition.NE, slot);
    }

    /// In the order in which one row's lanes are summed: slots 16 apart first, then halves of the 16.
    private void sums() {
        sum(0, 1, 0);
        a.emit(Op.VMOVUPS, code.v(6), Mem.at(RDI, RSI, 1, SpanScratch.SUM));
        a.emit(Op.VFMADD213PS, code.v(6), code.v(9), code.v(0));
        a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, RSI, 1, SpanScratch.SUM), code.v(6));
    }

    /// Slots `slot`, `slot + apart`, … to vector `to`; the ones after it are used.
    private void sum(int slot, int apart, int to) {
        if (apart == 16) {
            a.emit(Op.VMOVUPS, code.v(to), Mem.at(R12, slot * step));
            for (int i = 16; i < BLOCK; i += 16) {
                a.emit(Op.VADDPS, code.v(to), code.v(to), Mem.at(R12, (slot + i) * step));
            }
            return;
        }
        sum(slot, 2 * apart, to);
        sum(slot + apart, 2 * apart, to + 1);
        a.emit(Op.VADDPS, code.v(to), code.v(to), code.v(to + 1));
    }
}

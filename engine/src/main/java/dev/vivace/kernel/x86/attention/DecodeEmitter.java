package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.asm.Gpr.*;
import static dev.vivace.kernel.x86.attention.SpanScratch.BLOCK;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;

/// One query row of some heads over a list of blocks. Each key and value is brought to f32 once for all heads.
///
/// A block's keys are turned over into `[keyDim, slots]`, so that lanes are slots and every dot product is one
/// chain over the dimensions; weights are then spread over lanes that are dimensions of values. Every sum is
/// taken in the same order as in [TileEmitter]: bits agree.
final class DecodeEmitter {
    private final VectorCode code;
    private final Assembler a;
    private final DType dtype;
    private final int heads;
    /// Slots or dimensions go in passes of this many vectors: with what they are multiplied by they fit the
    /// registers.
    private final int pass;
    private final int elementBytes;
    private final KeyTurn keys;
    /// Vectors of a block's slots.
    private final int vectors;

    private DecodeEmitter(Assembler a, Target target, DType dtype, int heads) {
        this.a = a;
        this.code = new VectorCode(a, target);
        this.dtype = dtype;
        this.heads = heads;
        this.pass = heads <= (code.wide ? 6 : 3) ? 4 : 2;
        this.elementBytes = dtype.blockBytes();
        this.keys = new KeyTurn(code, dtype);
        this.vectors = BLOCK / code.lanes;
    }

    /// Heads of one call at most.
    static int mostHeads(Target target) {
        return target.wide() ? 8 : 5;
    }

    static Code emit(Target target, DType dtype, int heads) {
        Assembler a = new Assembler("attend row " + dtype + " heads=" + heads);
        new DecodeEmitter(a, target, dtype, heads).all();
        return a.finish();
    }

    /// RDI the scratch, RBX the entry of the block at hand, SAVED the entries left.
    private void all() {
        code.enter();
        begin();
        Label done = a.label();
        a.lea(RBX, Mem.at(RDI, SpanScratch.LIST));
        a.mov(RAX, Mem.at(RDI, SpanScratch.BLOCKS));
        a.mov(Mem.at(RDI, SpanScratch.SAVED), RAX);
        a.test(RAX, RAX);
        a.jump(Condition.E, done);
        Label block = a.here();
        keys.emit();
        dots();
        weights();
        values();
        a.add(RBX, SpanScratch.ENTRY);
        a.mov(RAX, Mem.at(RDI, SpanScratch.SAVED));
        a.dec(RAX);
        a.mov(Mem.at(RDI, SpanScratch.SAVED), RAX);
        a.jump(Condition.NE, block);
        a.bind(done);
        end();
        code.leave();
    }

    private void begin() {
        Label resumed = a.label();
        a.mov(RAX, Mem.at(RDI, SpanScratch.BEGIN));
        a.test(RAX, RAX);
        a.jump(Condition.E, resumed);
        Vec x = code.v(0);
        code.set(x, Float.NEGATIVE_INFINITY);
        code.zero(code.v(1));
        for (int i = 0; i < 16; i += code.lanes) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, SpanScratch.LARGEST + 4 * i), x);
            a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, SpanScratch.SUM + 4 * i), code.v(1));
        }
        a.mov(RAX, Mem.at(RDI, SpanScratch.SUMS));
        a.mov(RCX, Mem.at(RDI, SpanScratch.VALUE_PADDED));
        a.imul(RCX, RCX, heads);
        Label clear = a.here();
        a.emit(Op.VMOVUPS_STORE, Mem.at(RAX), code.v(1));
        a.add(RAX, code.bytes);
        a.sub(RCX, code.lanes);
        a.jump(Condition.NE, clear);
        a.bind(resumed);
    }

    /// R14 = how far the keys or values of the block that comes next are from those of this one; 0 at the last.
    private void nextBlock(int field) {
        a.mov(R14, 0);
        Label last = a.label();
        a.mov(R8, Mem.at(RDI, SpanScratch.SAVED));
        a.cmp(R8, 1);
        a.jump(Condition.E, last);
        a.mov(R14, Mem.at(RBX, SpanScratch.ENTRY + field));
        a.sub(R14, Mem.at(RBX, field));
        a.bind(last);
    }

    /// Dot products to SCORES `[heads, BLOCK]`.
    private void dots() {
        nextBlock(SpanScratch.KEY_AT);
        a.add(R14, Mem.at(RBX, SpanScratch.KEY_AT));
        for (int slot = 0; slot < BLOCK; slot += pass * code.lanes) {
            for (int i = 0; i < heads * pass; i++) {
                code.zero(code.v(i));
            }
            a.mov(R8, Mem.at(RDI, SpanScratch.QUERIES));
            a.mov(RAX, Mem.at(RDI, SpanScratch.QUERY_HEAD));
            headPointers(R8, R9, RAX, RCX);
            a.mov(R10, Mem.at(RDI, SpanScratch.KEYS));
            a.mov(RDX, Mem.at(RDI, SpanScratch.KEY_DIM));
            Label two = a.label();
            Label one = a.label();
            Label done = a.label();
            a.bind(two);
            a.cmp(RDX, 2);
            a.jump(Condition.L, one);
            dot(slot, 2);
            a.jmp(two);
            a.bind(one);
            a.test(RDX, RDX);
            a.jump(Condition.E, done);
            dot(slot, 1);
            a.bind(done);
            for (int h = 0; h < heads; h++) {
                for (int i = 0; i < pass; i++) {
                    int at = SpanScratch.SCORES + 4 * (h * BLOCK + slot + i * code.lanes);
                    a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, at), code.v(h * pass + i));
                }
            }
        }
    }

    private void dot(int slot, int dimensions) {
        Vec key = code.v(heads * pass + heads);
        int bytes = keys.turned().blockBytes();
        for (int d = 0; d < dimensions; d++) {
            // As many lines of the next block as there are dimensions, times bytes of an element.
            for (int i = 0; slot == 0 && i < elementBytes; i++) {
                a.prefetch(0, Mem.at(R14, 64 * (d * elementBytes + i)));
            }
            for (int h = 0; h < heads; h++) {
                a.emit(
                        Op.VBROADCASTSS,
                        code.v(heads * pass + h),
                        head(R8, R9, h).plus(4 * d));
            }
            for (int i = 0; i < pass; i++) {
                code.load(keys.turned(), key, Mem.at(R10, bytes * (slot + i * code.lanes + d * BLOCK)));
                for (int h = 0; h < heads; h++) {
                    a.emit(Op.VFMADD231PS, code.v(h * pass + i), key, code.v(heads * pass + h));
                }
            }
        }
        a.add(R8, 4 * dimensions);
        if (heads > 4) {
            a.add(R9, 4 * dimensions);
        }
        a.add(R10, bytes * BLOCK * dimensions);
        if (slot == 0) {
            a.add(R14, 64 * elementBytes * dimensions);
        }
        a.sub(RDX, dimensions);
    }

    /// With a step in RAX: three steps in RCX, and four steps on in `second`, where heads need them.
    private void headPointers(Gpr first, Gpr second, Gpr step, Gpr three) {
        a.lea(three, Mem.at(step, step, 2, 0));
        if (heads > 4) {
            a.lea(second, Mem.at(first, step, 4, 0));
        }
    }

    private static Mem head(Gpr first, Gpr second, int head) {
        return KeyTurn.row(head < 4 ? first : second, head % 4);
    }

    /// Scores to weights, and each head's maximum, sum and factor brought up to date.
    private void weights() {
        reads();
        VectorCode.Constants constants = code.constants(13, 14);
        code.set(code.v(15), Float.NEGATIVE_INFINITY);
        a.lea(R12, Mem.at(RDI, SpanScratch.SCORES));
        a.mov(R13, Mem.at(RBX, SpanScratch.BIAS_AT));
        a.mov(RDX, 0);
        Label head = a.here();
        scores(constants);
        Vec largest = code.v(8);
        Vec old = code.v(9);
        largest(largest);
        code.largest(largest, old);
        a.emit(Op.VBROADCASTSS, old, Mem.at(RDI, RDX, 4, SpanScratch.LARGEST));
        a.emit(Op.VMAXPS, largest, largest, old);
        a.emit(Op.VMOVSS_STORE, Mem.at(RDI, RDX, 4, SpanScratch.LARGEST), Vec.xmm(8));
        code.finiteOrZero(largest, largest, code.v(10));
        a.emit(Op.VSUBPS, old, old, largest);
        code.exp(old, code.v(10), code.v(11), code.v(12), constants);
        a.emit(Op.VMOVSS_STORE, Mem.at(RDI, RDX, 4, SpanScratch.SHRINK), Vec.xmm(9));
        sums(largest, constants);
        a.add(R12, 4 * BLOCK);
        a.inc(RDX);
        a.cmp(RDX, heads);
        a.jump(Condition.NE, head);
    }

    /// The vector that holds part `i` of a head's scores: at 512 bits all four stay in registers.
    private Vec part(int i) {
        return code.v(code.wide ? 16 + i : i % 2);
    }

    private void largest(Vec largest) {
        if (code.wide) {
            a.emit(Op.VMAXPS, largest, part(0), part(1));
            a.emit(Op.VMAXPS, code.v(9), part(2), part(3));
            a.emit(Op.VMAXPS, largest, largest, code.v(9));
            return;
        }
        a.emit(Op.VMOVUPS, largest, Mem.at(R12));
        for (int i = 1; i < vectors; i++) {
            a.emit(Op.VMAXPS, largest, largest, Mem.at(R12, i * code.bytes));
        }
    }

    /// Which slots are read, as K1.. or vectors in READS.
    private void reads() {
        a.emit(Op.VPBROADCASTD, code.v(0), Mem.at(RBX, SpanScratch.FIRST));
        a.emit(Op.VPBROADCASTD, code.v(1), Mem.at(RBX, SpanScratch.PAST));
        for (int i = 0; i < vectors; i++) {
            a.emit(Op.VMOVUPS, code.v(2), code.iota(i * code.lanes));
            code.within(Mask.values()[1 + i % 4], code.v(3), code.v(2), code.v(0), code.v(1), code.v(4));
            if (!code.wide) {
                a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, SpanScratch.READS + i * code.bytes), code.v(3));
            }
        }
    }

    /// Dot products to scores, minus infinity where nothing is read.
    private void scores(VectorCode.Constants constants) {
        Label capped = a.label();
        Label next = a.label();
        a.mov32(RAX, Mem.at(RDI, SpanScratch.SOFTCAP_F32));
        a.test(RAX, RAX);
        a.jump(Condition.NE, capped);
        a.emit(Op.VBROADCASTSS, code.v(7), Mem.at(RDI, SpanScratch.SCALE_F32));
        for (int i = 0; i < vectors; i++) {
            Vec x = part(i);
            a.emit(Op.VMULPS, x, code.v(7), Mem.at(R12, i * code.bytes));
            finish(x, i);
        }
        a.jmp(next);
        a.bind(capped);
        for (int i = 0; i < vectors; i++) {
            Vec x = code.wide ? part(i) : code.v(0);
            a.emit(Op.VBROADCASTSS, x, Mem.at(RDI, SpanScratch.SCALE_F32));
            a.emit(Op.VMULPS, x, x, Mem.at(R12, i * code.bytes));
            SoftcapEmitter.emit(code, x, constants);
            finish(x, i);
        }
        a.bind(next);
    }

    private void finish(Vec x, int i) {
        a.emit(Op.VADDPS, x, x, Mem.at(R13, i * code.bytes));
        if (!code.wide) {
            a.emit(Op.VMOVUPS, code.v(12), Mem.at(RDI, SpanScratch.READS + i * code.bytes));
        }
        code.keep(x, Mask.values()[1 + i % 4], code.v(12), code.v(15));
        if (!code.wide) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(R12, i * code.bytes), x);
        }
    }

    /// Weights, and their sum: four slots 16 apart first, then halves of the 16.
    private void sums(Vec largest, VectorCode.Constants constants) {
        Vec[] sums = {code.v(6), code.v(7)};
        int parts = 16 / code.lanes;
        for (int i = 0; i < vectors; i++) {
            Vec x = part(i);
            if (!code.wide) {
                a.emit(Op.VMOVUPS, x, Mem.at(R12, i * code.bytes));
            }
            a.emit(Op.VSUBPS, x, x, largest);
            code.exp(x, code.v(2 + i % 2), code.v(4 + i % 2), code.v(12), constants);
            a.emit(Op.VMOVUPS_STORE, Mem.at(R12, i * code.bytes), x);
            Vec sum = sums[i % parts];
            if (i < parts) {
                a.emit(Op.VMOVUPS, sum, x);
            } else {
                a.emit(Op.VADDPS, sum, sum, x);
            }
        }
        if (parts == 2) {
            a.emit(Op.VADDPS, sums[0], sums[0], sums[1]);
        }
        code.sum(sums[0], code.v(10));
        Vec total = Vec.xmm(11);
        a.emit(Op.VMOVSS, total, Mem.at(RDI, RDX, 4, SpanScratch.SUM));
        a.emit(Op.VFMADD213SS, total, Vec.xmm(9), Vec.xmm(6));
        a.emit(Op.VMOVSS_STORE, Mem.at(RDI, RDX, 4, SpanScratch.SUM), total);
    }

    /// Adds weighted values to SUMS `[heads, padded valueDim]`.
    private void values() {
        a.mov(RSI, Mem.at(RDI, SpanScratch.VALUE_PADDED));
        nextBlock(SpanScratch.VALUE_AT);
        a.imul(RSI, RSI, elementBytes);
        a.mov(R11, Mem.at(RBX, SpanScratch.VALUE_AT));
        a.mov(RAX, Mem.at(RBX, SpanScratch.FIRST));
        a.imul(RAX, RSI);
        a.add(R11, RAX);
        a.mov(R8, Mem.at(RDI, SpanScratch.SUMS));
        a.mov(RAX, Mem.at(RDI, SpanScratch.VALUE_PADDED));
        a.mov(R15, RAX);
        a.shl(RAX, 2);
        headPointers(R8, R9, RAX, RCX);
        Label single = a.label();
        Label done = a.label();
        Label four = a.here();
        a.cmp(R15, pass * code.lanes);
        a.jump(Condition.L, single);
        dimensions(pass);
        a.sub(R15, pass * code.lanes);
        a.jmp(four);
        a.bind(single);
        a.test(R15, R15);
        a.jump(Condition.E, done);
        dimensions(1);
        a.sub(R15, code.lanes);
        a.jmp(single);
        a.bind(done);
    }

    private void dimensions(int count) {
        Vec value = code.v(heads * pass + heads);
        for (int h = 0; h < heads; h++) {
            a.emit(Op.VBROADCASTSS, value, Mem.at(RDI, SpanScratch.SHRINK + 4 * h));
            for (int i = 0; i < count; i++) {
                a.emit(Op.VMULPS, code.v(h * pass + i), value, head(R8, R9, h).plus(i * code.bytes));
            }
        }
        a.mov(R12, R11);
        a.mov(R10, Mem.at(RBX, SpanScratch.FIRST));
        a.mov(R13, Mem.at(RBX, SpanScratch.PAST));
        Label slot = a.here();
        for (int h = 0; h < heads; h++) {
            int at = SpanScratch.SCORES + 4 * BLOCK * h;
            a.emit(Op.VBROADCASTSS, code.v(heads * pass + h), Mem.at(RDI, R10, 4, at));
        }
        for (int i = 0; i < count; i++) {
            code.load(dtype, value, Mem.at(R12, i * code.lanes * elementBytes));
            for (int h = 0; h < heads; h++) {
                a.emit(Op.VFMADD231PS, code.v(h * pass + i), value, code.v(heads * pass + h));
            }
        }
        for (int at = 0; at < count * code.lanes * elementBytes; at += 64) {
            a.prefetch(0, Mem.at(R12, R14, 1, at));
        }
        a.add(R12, RSI);
        a.inc(R10);
        a.cmp(R10, R13);
        a.jump(Condition.NE, slot);
        for (int h = 0; h < heads; h++) {
            for (int i = 0; i < count; i++) {
                a.emit(Op.VMOVUPS_STORE, head(R8, R9, h).plus(i * code.bytes), code.v(h * pass + i));
            }
        }
        a.add(R8, count * code.bytes);
        if (heads > 4) {
            a.add(R9, count * code.bytes);
        }
        a.add(R11, count * code.lanes * elementBytes);
    }

    /// Divides by the sums and writes outputs and logarithms.
    private void end() {
        Label resumable = a.label();
        a.mov(RAX, Mem.at(RDI, SpanScratch.END));
        a.test(RAX, RAX);
        a.jump(Condition.E, resumable);
        for (int i = 0; i < 16; i += code.lanes) {
            FinishEmitter.logarithms(code, RDI, 4 * i);
        }
        a.mov(RAX, Mem.at(RDI, SpanScratch.LSE));
        for (int h = 0; h < heads; h++) {
            a.mov32(RCX, Mem.at(RDI, SpanScratch.LARGEST + 4 * h));
            a.mov32(Mem.at(RAX, 4 * h), RCX);
        }
        a.mov(R8, Mem.at(RDI, SpanScratch.SUMS));
        a.mov(R9, Mem.at(RDI, SpanScratch.OUT));
        a.mov(R10, Mem.at(RDI, SpanScratch.VALUE_PADDED));
        a.shl(R10, 2);
        code.zero(code.v(0));
        for (int h = 0; h < heads; h++) {
            a.emit(Op.VBROADCASTSS, code.v(1), Mem.at(RDI, SpanScratch.SUM + 4 * h));
            a.mov(RCX, 0);
            a.mov(RDX, Mem.at(RDI, SpanScratch.VALUE_DIM));
            Label single = a.label();
            Label done = a.label();
            Label vector = a.here();
            a.cmp(RDX, code.lanes);
            a.jump(Condition.L, single);
            a.emit(Op.VMULPS, code.v(2), code.v(1), Mem.at(R8, RCX, 4, 0));
            a.emit(Op.VADDPS, code.v(2), code.v(2), code.v(0));
            a.emit(Op.VMOVUPS_STORE, Mem.at(R9, RCX, 4, 0), code.v(2));
            a.add(RCX, code.lanes);
            a.sub(RDX, code.lanes);
            a.jmp(vector);
            a.bind(single);
            a.test(RDX, RDX);
            a.jump(Condition.E, done);
            a.emit(Op.VMULSS, Vec.xmm(2), Vec.xmm(1), Mem.at(R8, RCX, 4, 0));
            a.emit(Op.VADDSS, Vec.xmm(2), Vec.xmm(2), Vec.xmm(0));
            a.emit(Op.VMOVSS_STORE, Mem.at(R9, RCX, 4, 0), Vec.xmm(2));
            a.inc(RCX);
            a.dec(RDX);
            a.jmp(single);
            a.bind(done);
            a.add(R8, R10);
            a.add(R9, Mem.at(RDI, SpanScratch.OUT_HEAD));
        }
        a.bind(resumable);
    }
}

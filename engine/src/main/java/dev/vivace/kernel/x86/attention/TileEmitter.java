package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.asm.Gpr.*;

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

/// Many pairs of query row and head over a list of blocks: lanes are pairs, and each number of a key or a value is
/// broadcast to them. So maxima and sums need no step across lanes, and nothing but queries and outputs is turned.
///
/// In the scratch: TURNED the queries `[keyDim, pairs]`, KEYS and VALUES the block as f32, SCORES `[slots, pairs]`,
/// SUMS the outputs `[padded valueDim, pairs]`.
final class TileEmitter {
    private final VectorCode code;
    private final Assembler a;
    private final DType dtype;
    /// Vectors of pairs.
    private final int vectors;
    /// Bytes from one slot or dimension to the next.
    private final int step;
    /// Slots, or dimensions of values, that go together.
    private final int group;

    private TileEmitter(Assembler a, Target target, DType dtype, int vectors) {
        this.a = a;
        this.code = new VectorCode(a, target);
        this.dtype = dtype;
        this.vectors = vectors;
        this.step = vectors * code.bytes;
        this.group = code.wide ? 8 : 4;
    }

    /// Vectors of pairs of one call at most: with them and a group's other side, sums fill the registers.
    static final int MOST_VECTORS = 3;

    static Code emit(Target target, DType dtype, int vectors) {
        Assembler a = new Assembler("attend tile " + dtype + " vectors=" + vectors);
        new TileEmitter(a, target, dtype, vectors).all();
        return a.finish();
    }

    /// RDI the scratch, RBX the entry of the block at hand, SAVED the entries left.
    private void all() {
        TileEnds ends = new TileEnds(code, vectors);
        TileWeights weights = new TileWeights(code, vectors);
        Label done = a.label();
        code.enter();
        ends.begin();
        a.lea(RBX, Mem.at(RDI, SpanScratch.LIST));
        a.mov(RAX, Mem.at(RDI, SpanScratch.BLOCKS));
        a.mov(Mem.at(RDI, SpanScratch.SAVED), RAX);
        a.test(RAX, RAX);
        a.jump(Condition.E, done);
        Label block = a.here();
        scores();
        weights.emit();
        values();
        a.add(RBX, SpanScratch.ENTRY);
        a.mov(RAX, Mem.at(RDI, SpanScratch.SAVED));
        a.dec(RAX);
        a.mov(Mem.at(RDI, SpanScratch.SAVED), RAX);
        a.jump(Condition.NE, block);
        a.bind(done);
        ends.end();
        code.leave();
    }

    /// Brings the block's rows to f32; R8 = where its slot 0 lies then. `dim` elements a row.
    private void stage(int from, int area, int dim) {
        a.mov(R8, Mem.at(RBX, from));
        if (dtype == DType.F32) {
            return;
        }
        a.mov(RAX, Mem.at(RDI, dim));
        a.mov(RCX, Mem.at(RBX, SpanScratch.PAST));
        a.mov(RDX, Mem.at(RBX, SpanScratch.FIRST));
        a.sub(RCX, RDX);
        a.imul(RCX, RAX);
        a.imul(RDX, RAX);
        a.lea(RSI, Mem.at(R8, RDX, 2, 0));
        a.mov(R8, Mem.at(RDI, area));
        a.lea(R9, Mem.at(R8, RDX, 4, 0));
        Label four = a.label();
        Label one = a.label();
        Label done = a.label();
        a.bind(four);
        a.cmp(RCX, 4 * code.lanes);
        a.jump(Condition.L, one);
        move(4);
        a.jmp(four);
        a.bind(one);
        a.test(RCX, RCX);
        a.jump(Condition.E, done);
        move(1);
        a.jmp(one);
        a.bind(done);
    }

    private void move(int count) {
        for (int i = 0; i < count; i++) {
            code.load(dtype, code.v(i), Mem.at(RSI, 2 * i * code.lanes));
        }
        for (int i = 0; i < count; i++) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(R9, i * code.bytes), code.v(i));
        }
        a.add(RSI, 2 * count * code.lanes);
        a.add(R9, count * code.bytes);
        a.sub(RCX, count * code.lanes);
    }

    /// Dot products to SCORES, a group of slots at a time.
    private void scores() {
        stage(SpanScratch.KEY_AT, SpanScratch.KEYS, SpanScratch.KEY_PADDED);
        a.mov(RAX, Mem.at(RDI, SpanScratch.KEY_PADDED));
        a.shl(RAX, 2);
        a.lea(RCX, Mem.at(RAX, RAX, 2, 0));
        a.mov(RDX, Mem.at(RBX, SpanScratch.FIRST));
        a.and(RDX, -group);
        a.imul(R12, RDX, step);
        a.lea(R12, Mem.at(RDI, R12, 1, SpanScratch.SCORES));
        a.mov(R9, RAX);
        a.imul(R9, RDX);
        a.add(R8, R9);
        Label slots = a.here();
        a.mov(R9, R8);
        if (group > 4) {
            a.lea(R10, Mem.at(R9, RAX, 4, 0));
        }
        for (int i = 0; i < group * vectors; i++) {
            code.zero(code.v(i));
        }
        a.mov(R11, Mem.at(RDI, SpanScratch.TURNED));
        a.mov(RSI, Mem.at(RDI, SpanScratch.KEY_DIM));
        Label four = a.label();
        Label one = a.label();
        Label done = a.label();
        a.bind(four);
        a.cmp(RSI, 4);
        a.jump(Condition.L, one);
        dot(4);
        a.jmp(four);
        a.bind(one);
        a.test(RSI, RSI);
        a.jump(Condition.E, done);
        dot(1);
        a.jmp(one);
        a.bind(done);
        for (int i = 0; i < group * vectors; i++) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(R12, i * code.bytes), code.v(i));
        }
        a.add(R12, group * step);
        a.lea(R8, Mem.at(R8, RAX, 4, 0));
        if (group > 4) {
            a.lea(R8, Mem.at(R8, RAX, 4, 0));
        }
        a.add(RDX, group);
        a.cmp(RDX, Mem.at(RBX, SpanScratch.PAST));
        a.jump(Condition.L, slots);
    }

    private void dot(int dimensions) {
        Vec key = code.v(group * vectors + vectors);
        for (int d = 0; d < dimensions; d++) {
            for (int v = 0; v < vectors; v++) {
                a.emit(Op.VMOVUPS, code.v(group * vectors + v), Mem.at(R11, d * step + v * code.bytes));
            }
            for (int slot = 0; slot < group; slot++) {
                a.emit(Op.VBROADCASTSS, key, row(slot < 4 ? R9 : R10, slot % 4).plus(4 * d));
                for (int v = 0; v < vectors; v++) {
                    a.emit(Op.VFMADD231PS, code.v(slot * vectors + v), key, code.v(group * vectors + v));
                }
            }
        }
        a.add(R9, 4 * dimensions);
        if (group > 4) {
            a.add(R10, 4 * dimensions);
        }
        a.add(R11, dimensions * step);
        a.sub(RSI, dimensions);
    }

    private static Mem row(Gpr first, int row) {
        return switch (row) {
            case 0 -> Mem.at(first);
            case 1 -> Mem.at(first, RAX, 1, 0);
            case 2 -> Mem.at(first, RAX, 2, 0);
            default -> Mem.at(first, RCX, 1, 0);
        };
    }

    /// Adds weighted values to SUMS, a group of dimensions at a time. R15 says whether some pair does not read
    /// some slot.
    private void values() {
        stage(SpanScratch.VALUE_AT, SpanScratch.VALUES, SpanScratch.VALUE_PADDED);
        a.mov(RAX, Mem.at(RDI, SpanScratch.VALUE_PADDED));
        a.mov(R11, RAX);
        a.shl(RAX, 2);
        a.mov(RDX, Mem.at(RBX, SpanScratch.FIRST));
        a.mov(R9, RAX);
        a.imul(R9, RDX);
        a.add(R8, R9);
        a.imul(RSI, RDX, step);
        a.lea(RSI, Mem.at(RDI, RSI, 1, SpanScratch.SCORES));
        a.mov(R14, Mem.at(RBX, SpanScratch.PAST));
        a.sub(R14, RDX);
        a.imul(RBP, RDX, TileWeights.readsStep(code, vectors));
        a.lea(RBP, Mem.at(RDI, RBP, 1, SpanScratch.READS));
        a.mov(R10, Mem.at(RDI, SpanScratch.SUMS));
        Label dimensions = a.here();
        for (int v = 0; v < vectors; v++) {
            a.emit(Op.VMOVUPS, code.v(group * vectors + v), Mem.at(RDI, SpanScratch.SHRINK + v * code.bytes));
        }
        for (int i = 0; i < group * vectors; i++) {
            a.emit(Op.VMULPS, code.v(i), code.v(group * vectors + i % vectors), Mem.at(R10, i * code.bytes));
        }
        a.mov(R12, RSI);
        a.mov(R13, R8);
        a.mov(RCX, R14);
        a.mov(RDX, RBP);
        Label partly = a.label();
        Label done = a.label();
        a.test(R15, R15);
        a.jump(Condition.NE, partly);
        Label slot = a.here();
        value(false);
        a.jump(Condition.NE, slot);
        a.jmp(done);
        a.bind(partly);
        Label some = a.here();
        value(true);
        a.jump(Condition.NE, some);
        a.bind(done);
        for (int i = 0; i < group * vectors; i++) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(R10, i * code.bytes), code.v(i));
        }
        a.add(R8, 4 * group);
        a.add(R10, group * step);
        a.sub(R11, group);
        a.jump(Condition.NE, dimensions);
    }

    /// One slot; what a pair does not read, even what is no number, does not reach its sums.
    private void value(boolean partly) {
        Vec value = code.v(group * vectors + vectors);
        if (partly && !code.wide) {
            value = code.v(group * vectors);
            Vec kept = code.v(group * vectors + 1);
            for (int d = 0; d < group; d++) {
                a.emit(Op.VBROADCASTSS, value, Mem.at(R13, 4 * d));
                for (int v = 0; v < vectors; v++) {
                    a.emit(Op.VANDPS, kept, value, Mem.at(RDX, v * code.bytes));
                    a.emit(Op.VFMADD231PS, code.v(d * vectors + v), kept, Mem.at(R12, v * code.bytes));
                }
            }
        } else {
            for (int v = 0; v < vectors; v++) {
                a.emit(Op.VMOVUPS, code.v(group * vectors + v), Mem.at(R12, v * code.bytes));
                if (partly) {
                    a.emit(Op.KMOVW, Mask.values()[1 + v], Mem.at(RDX, 4 * v));
                }
            }
            for (int d = 0; d < group; d++) {
                a.emit(Op.VBROADCASTSS, value, Mem.at(R13, 4 * d));
                for (int v = 0; v < vectors; v++) {
                    Vec sum = code.v(d * vectors + v);
                    a.emit(
                            Op.VFMADD231PS,
                            partly ? sum.mask(Mask.values()[1 + v]) : sum,
                            value,
                            code.v(group * vectors + v));
                }
            }
        }
        if (partly) {
            a.add(RDX, TileWeights.readsStep(code, vectors));
        }
        a.add(R12, step);
        a.add(R13, RAX);
        a.dec(RCX);
    }
}

package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.asm.Gpr.*;

import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// What [TileEmitter] does before the first block and after the last: pairs, their queries and their outputs.
final class TileEnds {
    private final VectorCode code;
    private final Assembler a;
    private final int vectors;
    private final int step;

    TileEnds(VectorCode code, int vectors) {
        this.code = code;
        this.a = code.a;
        this.vectors = vectors;
        this.step = vectors * code.bytes;
    }

    /// Does nothing in a call that goes on with what another began.
    void begin() {
        Label resumed = a.label();
        a.mov(RAX, Mem.at(RDI, SpanScratch.BEGIN));
        a.test(RAX, RAX);
        a.jump(Condition.E, resumed);
        pairs();
        nobody();
        queries();
        clear();
        a.bind(resumed);
    }

    /// Addresses and bounds of each pair; RDX the row, RSI the head.
    private void pairs() {
        a.mov(RCX, 0);
        a.mov(RDX, 0);
        a.mov(RSI, Mem.at(RDI, SpanScratch.HEAD));
        Label pair = a.here();
        address(SpanScratch.QUERIES, SpanScratch.QUERY_ROW, SpanScratch.QUERY_HEAD, SpanScratch.PAIR_QUERY);
        address(SpanScratch.OUT, SpanScratch.OUT_ROW, SpanScratch.OUT_HEAD, SpanScratch.PAIR_OUT);
        a.mov(RAX, RDX);
        a.imul(RAX, Mem.at(RDI, SpanScratch.LSE_ROW));
        a.lea(RAX, Mem.at(RAX, RSI, 4, 0));
        a.add(RAX, Mem.at(RDI, SpanScratch.LSE));
        a.mov(Mem.at(RDI, RCX, 8, SpanScratch.PAIR_LSE), RAX);
        a.mov32(RAX, Mem.at(RDI, RDX, 4, SpanScratch.ROW_FROM));
        a.mov32(Mem.at(RDI, RCX, 4, SpanScratch.PAIR_FROM), RAX);
        a.mov32(RAX, Mem.at(RDI, RDX, 4, SpanScratch.ROW_TO));
        a.mov32(Mem.at(RDI, RCX, 4, SpanScratch.PAIR_TO), RAX);
        Label same = a.label();
        a.inc(RCX);
        a.inc(RSI);
        a.cmp(RSI, Mem.at(RDI, SpanScratch.HEADS));
        a.jump(Condition.NE, same);
        a.mov(RSI, 0);
        a.inc(RDX);
        a.bind(same);
        a.cmp(RCX, Mem.at(RDI, SpanScratch.COUNT));
        a.jump(Condition.NE, pair);
    }

    private void address(int base, int row, int head, int to) {
        a.mov(RAX, RDX);
        a.imul(RAX, Mem.at(RDI, row));
        a.mov(R8, RSI);
        a.imul(R8, Mem.at(RDI, head));
        a.add(RAX, R8);
        a.add(RAX, Mem.at(RDI, base));
        a.mov(Mem.at(RDI, RCX, 8, to), RAX);
    }

    /// Lanes without a pair do as the first, read everything and write nowhere.
    private void nobody() {
        a.mov(RAX, Mem.at(RDI, SpanScratch.PAIR_QUERY));
        a.mov(R8, Mem.at(RDI, SpanScratch.NOWHERE));
        a.mov(R9, 0);
        a.mov(R10, Integer.MAX_VALUE);
        Label done = a.label();
        Label lane = a.here();
        a.cmp(RCX, vectors * code.lanes);
        a.jump(Condition.E, done);
        a.mov(Mem.at(RDI, RCX, 8, SpanScratch.PAIR_QUERY), RAX);
        a.mov(Mem.at(RDI, RCX, 8, SpanScratch.PAIR_OUT), R8);
        a.mov(Mem.at(RDI, RCX, 8, SpanScratch.PAIR_LSE), R8);
        a.mov32(Mem.at(RDI, RCX, 4, SpanScratch.PAIR_FROM), R9);
        a.mov32(Mem.at(RDI, RCX, 4, SpanScratch.PAIR_TO), R10);
        a.inc(RCX);
        a.jmp(lane);
        a.bind(done);
    }

    /// For each vector of pairs: RBP its addresses, R12 its place in an area `[dim, pairs]`, RCX the dimension, RDX
    /// dimensions left.
    private void eachVector(int addresses, int area, int dim, Runnable square, Runnable line) {
        a.mov(RSI, 0);
        a.lea(RBP, Mem.at(RDI, addresses));
        Label vector = a.here();
        a.mov(R12, Mem.at(RDI, area));
        a.add(R12, RSI);
        a.mov(RCX, 0);
        a.mov(RDX, Mem.at(RDI, dim));
        Label squares = a.label();
        Label lines = a.label();
        Label done = a.label();
        a.bind(squares);
        a.cmp(RDX, code.lanes);
        a.jump(Condition.L, lines);
        square.run();
        a.add(R12, code.lanes * step);
        a.add(RCX, code.lanes);
        a.sub(RDX, code.lanes);
        a.jmp(squares);
        a.bind(lines);
        a.test(RDX, RDX);
        a.jump(Condition.E, done);
        line.run();
        a.add(R12, step);
        a.inc(RCX);
        a.dec(RDX);
        a.jmp(lines);
        a.bind(done);
        a.add(RBP, 8 * code.lanes);
        a.add(RSI, code.bytes);
        a.cmp(RSI, step);
        a.jump(Condition.NE, vector);
    }

    private static final Gpr[] POINTERS = {RAX, R8, R9, R10};

    /// Queries `[pairs, keyDim]` to TURNED `[keyDim, pairs]`.
    private void queries() {
        eachVector(
                SpanScratch.PAIR_QUERY,
                SpanScratch.TURNED,
                SpanScratch.KEY_DIM,
                () -> {
                    for (int i = 0; i < code.lanes; i++) {
                        Gpr pointer = POINTERS[i % 4];
                        a.mov(pointer, Mem.at(RBP, 8 * i));
                        a.emit(Op.VMOVUPS, code.v(i), Mem.at(pointer, RCX, 4, 0));
                    }
                    int[] columns = Transpose.emit(code);
                    for (int i = 0; i < code.lanes; i++) {
                        a.emit(Op.VMOVUPS_STORE, Mem.at(R12, i * step), code.v(columns[i]));
                    }
                },
                () -> {
                    for (int i = 0; i < code.lanes; i++) {
                        Gpr pointer = POINTERS[i % 4];
                        a.mov(pointer, Mem.at(RBP, 8 * i));
                        a.mov32(pointer, Mem.at(pointer, RCX, 4, 0));
                        a.mov32(Mem.at(R12, 4 * i), pointer);
                    }
                });
    }

    private void clear() {
        code.set(code.v(0), Float.NEGATIVE_INFINITY);
        code.zero(code.v(1));
        for (int v = 0; v < vectors; v++) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, SpanScratch.LARGEST + v * code.bytes), code.v(0));
            a.emit(Op.VMOVUPS_STORE, Mem.at(RDI, SpanScratch.SUM + v * code.bytes), code.v(1));
        }
        a.mov(RAX, Mem.at(RDI, SpanScratch.SUMS));
        a.mov(RCX, Mem.at(RDI, SpanScratch.VALUE_PADDED));
        Label dimension = a.here();
        for (int v = 0; v < vectors; v++) {
            a.emit(Op.VMOVUPS_STORE, Mem.at(RAX, v * code.bytes), code.v(1));
        }
        a.add(RAX, step);
        a.dec(RCX);
        a.jump(Condition.NE, dimension);
    }

    /// Does nothing in a call that others go on with.
    void end() {
        Label resumable = a.label();
        a.mov(RAX, Mem.at(RDI, SpanScratch.END));
        a.test(RAX, RAX);
        a.jump(Condition.E, resumable);
        for (int v = 0; v < vectors; v++) {
            FinishEmitter.logarithms(code, RDI, v * code.bytes);
        }
        a.mov(RCX, 0);
        Label lane = a.here();
        a.mov32(RAX, Mem.at(RDI, RCX, 4, SpanScratch.LARGEST));
        a.mov(R8, Mem.at(RDI, RCX, 8, SpanScratch.PAIR_LSE));
        a.mov32(Mem.at(R8), RAX);
        a.inc(RCX);
        a.cmp(RCX, vectors * code.lanes);
        a.jump(Condition.NE, lane);
        outputs();
        a.bind(resumable);
    }

    /// SUMS `[valueDim, pairs]`, divided, to outputs `[pairs, valueDim]`. Adding 0 makes one zero of two.
    private void outputs() {
        eachVector(
                SpanScratch.PAIR_OUT,
                SpanScratch.SUMS,
                SpanScratch.VALUE_DIM,
                () -> {
                    for (int i = 0; i < code.lanes; i++) {
                        Vec x = code.v(i);
                        a.emit(Op.VMOVUPS, x, Mem.at(R12, i * step));
                        a.emit(Op.VMULPS, x, x, Mem.at(RDI, RSI, 1, SpanScratch.SUM));
                        a.emit(Op.VADDPS, x, x, code.all(0));
                    }
                    int[] columns = Transpose.emit(code);
                    for (int i = 0; i < code.lanes; i++) {
                        Gpr pointer = POINTERS[i % 4];
                        a.mov(pointer, Mem.at(RBP, 8 * i));
                        a.emit(Op.VMOVUPS_STORE, Mem.at(pointer, RCX, 4, 0), code.v(columns[i]));
                    }
                },
                () -> {
                    for (int i = 0; i < code.lanes; i++) {
                        Vec x = Vec.xmm(i % 4);
                        a.emit(Op.VMOVSS, x, Mem.at(R12, 4 * i));
                        a.emit(Op.VMULSS, x, x, Mem.at(RDI, RSI, 1, SpanScratch.SUM + 4 * i));
                        a.emit(Op.VADDSS, x, x, a.constant(0));
                        Gpr pointer = POINTERS[i % 4];
                        a.mov(pointer, Mem.at(RBP, 8 * i));
                        a.emit(Op.VMOVSS_STORE, Mem.at(pointer, RCX, 4, 0), x);
                    }
                });
    }
}

package dev.vivace.kernel.x86.rows;

import static dev.vivace.kernel.x86.asm.Gpr.*;

import dev.vivace.kernel.RopeStyle;
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

/// Rotation of pairs, `(x, cos, sin, x stride | cos stride, sin stride | rows, heads | headDim << 16 | pairs << 40)`.
/// Both styles round alike: `a c - (b s)` and `b c + (a s)` with the product in brackets rounded first.
final class RopeCode {
    private static final Gpr X = RDI;
    private static final Gpr COS = RAX;
    private static final Gpr SIN = R10;
    private static final Gpr PAIRS = R11;
    private static final Gpr LEFT = R12;
    /// From the first half of a head to the second, in bytes.
    private static final Gpr HALF = RBX;

    private final RowCode code;
    private final Assembler a;
    private final RopeStyle style;
    /// What is left of neighbours: twice as many elements as pairs.
    private final RowCode.Tail neighbours = new RowCode.Tail(Vec.ymm(13), Mask.K3, Mask.K4, Mask.K5, Mask.K6);

    private RopeCode(RopeStyle style, Target target) {
        this.code = new RowCode("rope " + style, target);
        this.a = code.a;
        this.style = style;
    }

    static Code of(RopeStyle style, Target target) {
        return new RopeCode(style, target).code();
    }

    private Code code() {
        Gpr rows = R9;
        Gpr heads = RBP;
        Gpr head = R13;
        Gpr nextHead = R14;
        Gpr nextRow = R15;
        code.save(RBX, RBP, R12, R13, R14, R15);
        sizes(heads, nextHead);
        code.unpack(R8, R8, rows);
        a.shl(R8, 2);
        code.unpack(RCX, nextRow, RCX);
        a.shl(RCX, 2);
        a.mov(HALF, nextHead);
        a.imul(HALF, heads);
        a.sub(nextRow, HALF);
        a.shl(nextRow, 2);
        // From where the pairs end to the next head.
        a.shl(nextHead, 2);
        a.mov(HALF, PAIRS);
        a.shr(HALF, 5);
        a.shl(HALF, style == RopeStyle.HALVES ? 7 : 8);
        a.sub(nextHead, HALF);
        a.mov(HALF, PAIRS);
        a.shl(HALF, 2);
        if (style == RopeStyle.INTERLEAVED) {
            a.emit(Op.VMOVUPS, code.vec(10), twice(0));
            a.emit(Op.VMOVUPS, code.vec(11), twice(code.lanes / 2));
        }
        code.repeat(rows, () -> {
            a.mov(head, heads);
            code.repeat(head, () -> {
                a.mov(COS, RSI);
                a.mov(SIN, RDX);
                pairs();
                a.add(X, nextHead);
            });
            a.add(X, nextRow);
            a.add(RSI, RCX);
            a.add(RDX, R8);
        });
        return code.finish();
    }

    /// Parts R9; its rows' place is taken last.
    private void sizes(Gpr heads, Gpr headDim) {
        a.mov(heads, R9);
        a.shl(heads, 48);
        a.shr(heads, 48);
        a.mov(headDim, R9);
        a.shl(headDim, 24);
        a.shr(headDim, 40);
        a.mov(PAIRS, R9);
        a.shr(PAIRS, 40);
    }

    private void pairs() {
        RowCode.Pointer cos = RowCode.Pointer.to(COS);
        RowCode.Pointer sin = RowCode.Pointer.to(SIN);
        switch (style) {
            case HALVES -> code.columns(PAIRS, LEFT, this::halves, RowCode.Pointer.to(X), cos, sin);
            case INTERLEAVED -> {
                code.whole(PAIRS, LEFT, this::interleaved, new RowCode.Pointer(X, 2 * Float.BYTES), cos, sin);
                Label end = a.label();
                a.mov(LEFT, PAIRS);
                a.and(LEFT, RowCode.STEP - 1);
                a.jump(Condition.E, end);
                code.begin(code.tail, LEFT);
                a.add(LEFT, LEFT);
                code.begin(neighbours, LEFT);
                for (int part = 0; part < code.parts(); part++) {
                    interleaved(part, true);
                }
                a.bind(end);
            }
        }
    }

    private void halves(int part, boolean masked) {
        Vec first = code.vec(0);
        Vec second = code.vec(1);
        Vec cos = code.vec(2);
        Vec sin = code.vec(3);
        Vec product = code.vec(4);
        Mem there = Mem.at(X, HALF, 1, code.at(X, part).displacement());
        code.load(first, X, part, masked);
        code.load(second, there, part, masked);
        code.load(cos, COS, part, masked);
        code.load(sin, SIN, part, masked);
        a.emit(Op.VMULPS, product, second, sin);
        a.emit(Op.VMULPS, sin, first, sin);
        a.emit(Op.VFMSUB213PS, first, cos, product);
        a.emit(Op.VFMADD213PS, second, cos, sin);
        code.store(X, part, first, masked);
        code.store(there, part, second, masked);
    }

    /// A vector of pairs is two vectors of neighbours.
    private void interleaved(int part, boolean masked) {
        Vec cos = code.vec(2);
        Vec sin = code.vec(3);
        code.load(cos, COS, part, masked);
        code.load(sin, SIN, part, masked);
        for (int half = 0; half < 2; half++) {
            Vec x = code.vec(4 + half);
            Vec factor = code.vec(6 + half);
            Vec product = code.vec(8 + half);
            int at = 2 * part + half;
            if (masked) {
                code.load(neighbours, x, code.at(X, at), at);
            } else {
                code.load(x, X, at, false);
            }
            a.emit(Op.VPERMPS, factor, code.vec(10 + half), sin);
            a.emit(Op.VPERMILPS, 0xB1, product, x);
            a.emit(Op.VMULPS, product, product, factor);
            a.emit(Op.VPERMPS, factor, code.vec(10 + half), cos);
            a.emit(Op.VFMADDSUB213PS, x, factor, product);
            if (masked) {
                code.store(neighbours, code.at(X, at), x, at);
            } else {
                code.store(X, at, x, false);
            }
        }
    }

    /// Lane numbers that repeat each of half a vector, from lane `from` on.
    private Mem twice(int from) {
        int[] numbers = new int[code.lanes];
        for (int i = 0; i < code.lanes; i++) {
            numbers[i] = from + i / 2;
        }
        return a.words(numbers);
    }
}

package dev.vivace.kernel.x86.rows;

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

/// Looks for the first number above a threshold, `(numbers, from, to, threshold)`, the index in RAX. Vector by vector
/// up to an aligned address, then four vectors at a time, then vector by vector again where there is one.
final class ScanCode {
    /// Not greater or equal: less, or one of both is NaN.
    private static final int NOT_GREATER_EQUAL = 9;

    private static final int VECTORS = 4;
    private static final Gpr AT = RDI;
    private static final Gpr LEFT = R8;
    private static final Gpr NOW = R9;

    private final RowCode code;
    private final Assembler a;
    private final Vec threshold;
    private final int bytes;

    private ScanCode(Target target) {
        this.code = new RowCode("first above", target);
        this.a = code.a;
        this.threshold = code.vec(0);
        this.bytes = target.bits() / 8;
    }

    static Code firstAbove(Target target) {
        return new ScanCode(target).firstAbove();
    }

    private Code firstAbove() {
        Label found = a.label();
        Label slowly = a.label();
        Label none = a.label();
        Label end = a.label();
        code.spread(threshold, RCX);
        a.lea(AT, Mem.at(RDI, RSI, 4, 0));
        a.mov(LEFT, RDX);
        a.sub(LEFT, RSI);
        align(found);
        Label quickly = a.here();
        a.cmp(LEFT, VECTORS * code.lanes);
        a.jump(Condition.L, slowly);
        for (int i = 0; i < VECTORS; i++) {
            compare(i);
        }
        any(slowly);
        a.add(AT, VECTORS * bytes);
        a.sub(LEFT, VECTORS * code.lanes);
        a.jmp(quickly);
        a.bind(slowly);
        a.cmp(LEFT, 0);
        a.jump(Condition.LE, none);
        a.mov(NOW, LEFT);
        vector(found);
        a.add(AT, bytes);
        a.sub(LEFT, code.lanes);
        a.jmp(slowly);
        a.bind(none);
        a.mov(RAX, RDX);
        a.jmp(end);
        a.bind(found);
        a.tzcnt(RAX, RAX);
        a.add(RAX, RDX);
        a.sub(RAX, LEFT);
        a.bind(end);
        return code.finish();
    }

    /// Looks at what lies before the next aligned address, at most all that is left.
    private void align(Label found) {
        Label aligned = a.label();
        a.xor(NOW, NOW);
        a.sub(NOW, AT);
        a.and(NOW, bytes - 1);
        a.shr(NOW, 2);
        a.jump(Condition.E, aligned);
        a.cmp(NOW, LEFT);
        a.cmov(Condition.G, NOW, LEFT);
        vector(found);
        a.lea(AT, Mem.at(AT, NOW, 4, 0));
        a.sub(LEFT, NOW);
        a.bind(aligned);
    }

    private void compare(int i) {
        Mem numbers = Mem.at(AT, i * bytes);
        if (code.wide) {
            a.emit(Op.VCMPPS_K, NOT_GREATER_EQUAL, Mask.values()[i + 1], threshold, numbers);
        } else {
            a.emit(Op.VCMPPS, NOT_GREATER_EQUAL, Vec.ymm(i + 1), threshold, numbers);
        }
    }

    /// Goes to `target` if a comparison held.
    private void any(Label target) {
        if (code.wide) {
            a.emit(Op.KORTESTW, Mask.K1, Mask.K2);
            a.jump(Condition.NE, target);
            a.emit(Op.KORTESTW, Mask.K3, Mask.K4);
        } else {
            a.emit(Op.VORPS, Vec.ymm(1), Vec.ymm(1), Vec.ymm(2));
            a.emit(Op.VORPS, Vec.ymm(3), Vec.ymm(3), Vec.ymm(4));
            a.emit(Op.VORPS, Vec.ymm(1), Vec.ymm(1), Vec.ymm(3));
            a.emit(Op.VMOVMSKPS, RAX, Vec.ymm(1));
            a.test(RAX, RAX);
        }
        a.jump(Condition.NE, target);
    }

    /// Goes to `found`, the lanes in RAX, if one of the next NOW numbers of a vector is above.
    private void vector(Label found) {
        code.begin(code.tail, NOW);
        if (code.wide) {
            a.emit(Op.VCMPPS_K, NOT_GREATER_EQUAL, Mask.K3, threshold.mask(Mask.K1), Mem.at(AT));
            a.emit(Op.KMOVW_TO_GPR, RAX, Mask.K3);
        } else {
            Vec numbers = Vec.ymm(1);
            code.load(numbers, AT, 0, true);
            a.emit(Op.VCMPPS, NOT_GREATER_EQUAL, numbers, threshold, numbers);
            a.emit(Op.VANDPS, numbers, numbers, RowCode.INSIDE);
            a.emit(Op.VMOVMSKPS, RAX, numbers);
        }
        a.test(RAX, RAX);
        a.jump(Condition.NE, found);
    }
}

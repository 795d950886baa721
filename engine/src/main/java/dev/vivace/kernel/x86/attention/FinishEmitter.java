package dev.vivace.kernel.x86.attention;

import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// What ends a span for a vector of pairs.
final class FinishEmitter {
    private static final int NOT_EQUAL = 4;

    private FinishEmitter() {}

    /// LARGEST becomes the logarithm of the sum of exponentials, SUM its inverse, or 0 where nothing was summed.
    /// Vectors 0..5 are used.
    static void logarithms(VectorCode code, Gpr scratch, int at) {
        Vec sum = code.v(0);
        Vec log = code.v(1);
        code.a.emit(Op.VMOVUPS, sum, Mem.at(scratch, SpanScratch.SUM + at));
        code.a.emit(Op.VMOVUPS, log, sum);
        code.log(log, code.v(2), code.v(3), code.v(4));
        code.a.emit(Op.VADDPS, log, log, Mem.at(scratch, SpanScratch.LARGEST + at));
        code.a.emit(Op.VMOVUPS_STORE, Mem.at(scratch, SpanScratch.LARGEST + at), log);
        code.set(code.v(2), 1);
        code.a.emit(Op.VDIVPS, code.v(2), code.v(2), sum);
        code.zero(code.v(3));
        if (code.wide) {
            code.a.emit(Op.VCMPPS_K, NOT_EQUAL, Mask.K7, sum, code.v(3));
            code.a.emit(Op.VMOVUPS, code.v(2).maskZero(Mask.K7), code.v(2));
        } else {
            code.a.emit(Op.VCMPPS, NOT_EQUAL, code.v(3), sum, code.v(3));
            code.a.emit(Op.VANDPS, code.v(2), code.v(2), code.v(3));
        }
        code.a.emit(Op.VMOVUPS_STORE, Mem.at(scratch, SpanScratch.SUM + at), code.v(2));
    }
}

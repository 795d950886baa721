package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.asm.Gpr.RDI;

import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// `x = cap * tanh(x / cap)`.
final class SoftcapEmitter {
    private SoftcapEmitter() {}

    /// The cap is in the scratch that RDI points to; vectors 1..6 are used.
    static void emit(VectorCode code, Vec x, VectorCode.Constants constants) {
        emit(code, x, Mem.at(RDI, SpanScratch.SOFTCAP_F32), constants);
    }

    /// Vectors 1..6 are used.
    static void emit(VectorCode code, Vec x, Mem capAt, VectorCode.Constants constants) {
        Vec cap = code.v(6);
        code.a.emit(Op.VBROADCASTSS, cap, capAt);
        code.a.emit(Op.VDIVPS, x, x, cap);
        code.tanh(x, code.v(1), code.v(2), code.v(3), code.v(4), code.v(5), constants);
        code.a.emit(Op.VMULPS, x, x, cap);
    }
}

package dev.vivace.kernel.x86.attention;

import static dev.vivace.kernel.x86.asm.Gpr.*;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;

/// Scores of one query head: RDI the query, RSI the first key, RDX keys, RCX elements of a key, R8 where scores go,
/// R9 the bits of the scale and above them those of the cap.
final class ScoresEmitter {
    private final VectorCode code;
    private final Assembler a;
    private final DType dtype;

    private ScoresEmitter(Assembler a, Target target, DType dtype) {
        this.a = a;
        this.code = new VectorCode(a, target);
        this.dtype = dtype;
    }

    static Code emit(Target target, DType dtype) {
        Assembler a = new Assembler("scores " + dtype);
        new ScoresEmitter(a, target, dtype).all();
        return a.finish();
    }

    private void all() {
        VectorCode.Constants constants = code.constants(13, 14);
        a.push(R9);
        a.shr(R9, 32);
        Label slot = a.here();
        dot();
        a.emit(Op.VBROADCASTSS, code.v(1), Mem.at(RSP));
        a.emit(Op.VMULPS, code.v(0), code.v(0), code.v(1));
        Label plain = a.label();
        a.test(R9, R9);
        a.jump(Condition.E, plain);
        SoftcapEmitter.emit(code, code.v(0), Mem.at(RSP, 4), constants);
        a.bind(plain);
        a.emit(Op.VMOVSS_STORE, Mem.at(R8), Vec.xmm(0));
        a.add(R8, 4);
        a.dec(RDX);
        a.jump(Condition.NE, slot);
        a.pop(R9);
        a.emit(Op.VZEROUPPER);
        a.ret();
    }

    /// The dot product, in all lanes of vector 0; RSI goes to the next key.
    private void dot() {
        Label single = a.label();
        Label done = a.label();
        code.zero(code.v(0));
        code.zero(code.v(2));
        a.mov(R10, RDI);
        a.mov(R11, RCX);
        Label vector = a.here();
        a.cmp(R11, code.lanes);
        a.jump(Condition.L, single);
        code.load(dtype, code.v(1), Mem.at(RSI));
        a.emit(Op.VFMADD231PS, code.v(0), code.v(1), Mem.at(R10));
        a.add(RSI, code.lanes * dtype.blockBytes());
        a.add(R10, code.bytes);
        a.sub(R11, code.lanes);
        a.jmp(vector);
        a.bind(single);
        a.test(R11, R11);
        a.jump(Condition.E, done);
        element();
        a.emit(Op.VFMADD231SS, Vec.xmm(2), Vec.xmm(1), Mem.at(R10));
        a.add(RSI, dtype.blockBytes());
        a.add(R10, 4);
        a.dec(R11);
        a.jmp(single);
        a.bind(done);
        a.emit(Op.VADDPS, code.v(0), code.v(0), code.v(2));
        code.sum(code.v(0), code.v(1));
    }

    private void element() {
        Vec x = Vec.xmm(1);
        if (dtype == DType.F32) {
            a.emit(Op.VMOVSS, x, Mem.at(RSI));
            return;
        }
        a.movzx16(RAX, Mem.at(RSI));
        if (dtype == DType.BF16) {
            a.shl(RAX, 16);
        }
        a.emit(Op.VMOVD, x, RAX);
        if (dtype == DType.F16) {
            a.emit(Op.VCVTPH2PS, x, x);
        }
    }
}

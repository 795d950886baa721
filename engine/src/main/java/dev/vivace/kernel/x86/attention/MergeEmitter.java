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

/// Merges partials of heads one after another into earlier ones: RDI the outputs, RSI their log-sum-exp, RDX and
/// RCX those of the later partial, R8 elements of a head, R9 heads.
final class MergeEmitter {
    private static final long EMPTY = 0xFF800000L;

    private final VectorCode code;
    private final Assembler a;

    private MergeEmitter(Assembler a, Target target) {
        this.a = a;
        this.code = new VectorCode(a, target);
    }

    static Code emit(Target target) {
        Assembler a = new Assembler("merge partials");
        new MergeEmitter(a, target).all();
        return a.finish();
    }

    private void all() {
        Label next = a.label();
        Label skip = a.label();
        Label copy = a.label();
        VectorCode.Constants constants = code.constants(13, 14);
        a.mov(R11, R8);
        Label head = a.here();
        a.mov(R8, EMPTY);
        a.mov32(RAX, Mem.at(RCX));
        a.cmp(RAX, R8);
        a.jump(Condition.E, skip);
        a.mov32(R10, Mem.at(RSI));
        a.cmp(R10, R8);
        a.mov(R8, R11);
        a.jump(Condition.E, copy);
        factors(constants);
        elements(true);
        a.jmp(next);
        a.bind(copy);
        a.mov32(Mem.at(RSI), RAX);
        elements(false);
        a.jmp(next);
        a.bind(skip);
        a.lea(RDI, Mem.at(RDI, R11, 4, 0));
        a.lea(RDX, Mem.at(RDX, R11, 4, 0));
        a.bind(next);
        a.add(RSI, 4);
        a.add(RCX, 4);
        a.dec(R9);
        a.jump(Condition.NE, head);
        a.emit(Op.VZEROUPPER);
        a.ret();
    }

    /// What the earlier outputs (vector 2) and the later ones (vector 3) are multiplied by.
    private void factors(VectorCode.Constants constants) {
        Vec larger = code.v(0);
        Vec keep = code.v(2);
        Vec take = code.v(3);
        Vec both = code.v(1);
        a.emit(Op.VBROADCASTSS, keep, Mem.at(RSI));
        a.emit(Op.VBROADCASTSS, take, Mem.at(RCX));
        a.emit(Op.VMAXPS, larger, keep, take);
        a.emit(Op.VSUBPS, keep, keep, larger);
        a.emit(Op.VSUBPS, take, take, larger);
        code.exp(keep, code.v(4), code.v(5), code.v(6), constants);
        code.exp(take, code.v(4), code.v(5), code.v(6), constants);
        a.emit(Op.VADDPS, both, keep, take);
        a.emit(Op.VDIVPS, keep, keep, both);
        a.emit(Op.VDIVPS, take, take, both);
        code.log(both, code.v(4), code.v(5), code.v(6));
        a.emit(Op.VADDPS, both, both, larger);
        a.emit(Op.VMOVSS_STORE, Mem.at(RSI), Vec.xmm(1));
    }

    private void elements(boolean merged) {
        Label single = a.label();
        Label done = a.label();
        Label vector = a.here();
        a.cmp(R8, code.lanes);
        a.jump(Condition.L, single);
        if (merged) {
            a.emit(Op.VMULPS, code.v(0), code.v(2), Mem.at(RDI));
            a.emit(Op.VFMADD231PS, code.v(0), code.v(3), Mem.at(RDX));
        } else {
            a.emit(Op.VMOVUPS, code.v(0), Mem.at(RDX));
        }
        a.emit(Op.VMOVUPS_STORE, Mem.at(RDI), code.v(0));
        a.add(RDI, code.bytes);
        a.add(RDX, code.bytes);
        a.sub(R8, code.lanes);
        a.jmp(vector);
        a.bind(single);
        a.test(R8, R8);
        a.jump(Condition.E, done);
        Vec x = Vec.xmm(0);
        if (merged) {
            a.emit(Op.VMULSS, x, Vec.xmm(2), Mem.at(RDI));
            a.emit(Op.VFMADD231SS, x, Vec.xmm(3), Mem.at(RDX));
        } else {
            a.emit(Op.VMOVSS, x, Mem.at(RDX));
        }
        a.emit(Op.VMOVSS_STORE, Mem.at(RDI), x);
        a.add(RDI, 4);
        a.add(RDX, 4);
        a.dec(R8);
        a.jmp(single);
        a.bind(done);
    }
}

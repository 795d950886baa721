package dev.vivace.kernel.x86.rows;

import static dev.vivace.kernel.x86.asm.Gpr.*;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Operand;
import dev.vivace.kernel.x86.asm.Vec;

/// Between f32 and 16 bits, `(source, target, n)`. Where there are no masks for 16 bits, what is left of a step goes
/// one by one.
final class ConvertCode {
    private static final int NEAREST_EVEN = 0;
    private static final int UNORDERED = 3;

    private final RowCode code;
    private final Assembler a;
    private final boolean brain;

    private ConvertCode(String name, boolean brain, Target target) {
        this.code = new RowCode(name, target);
        this.a = code.a;
        this.brain = brain;
    }

    /// To f16, or bf16 if `brain`, rounded to nearest even.
    static Code store(boolean brain, Target target) {
        return new ConvertCode(brain ? "store bf16" : "store f16", brain, target).store();
    }

    /// From f16, or bf16 if `brain`.
    static Code load(boolean brain, Target target) {
        return new ConvertCode(brain ? "load bf16" : "load f16", brain, target).load();
    }

    private Code store() {
        walk(this::storePart, this::storeOne, 4, 2);
        return code.finish();
    }

    private Code load() {
        walk(this::loadPart, this::loadOne, 2, 4);
        return code.finish();
    }

    private void walk(RowCode.Part part, Runnable one, int sourceBytes, int targetBytes) {
        RowCode.Pointer source = new RowCode.Pointer(RDI, sourceBytes);
        RowCode.Pointer target = new RowCode.Pointer(RSI, targetBytes);
        if (code.wide) {
            code.columns(RDX, RAX, part, source, target);
        } else {
            code.whole(RDX, RAX, part, source, target);
            a.and(RDX, RowCode.STEP - 1);
            code.repeat(RDX, () -> {
                one.run();
                a.add(RDI, sourceBytes);
                a.add(RSI, targetBytes);
            });
        }
    }

    private void storePart(int part, boolean masked) {
        Vec x = code.vec(part);
        code.load(x, RDI, part, masked);
        Mem to = Mem.at(RSI, 2 * code.lanes * part);
        if (brain) {
            round(x);
            if (code.wide) {
                a.emit(Op.VPMOVDW_STORE, to, masked ? x.mask(mask(part)) : x);
            } else {
                a.emit(Op.VEXTRACTF128, 1, Vec.xmm(12), x);
                a.emit(Op.VPACKUSDW, x.as(128), x.as(128), Vec.xmm(12));
                a.emit(Op.VMOVUPS_STORE, to, x.as(128));
            }
        } else {
            a.emit(Op.VCVTPS2PH_STORE, NEAREST_EVEN, to, masked ? x.mask(mask(part)) : x);
        }
    }

    private void storeOne() {
        Vec x = Vec.xmm(0);
        a.emit(Op.VMOVSS, x, Mem.at(RDI));
        if (brain) {
            round(x);
        } else {
            a.emit(Op.VCVTPS2PH_STORE, NEAREST_EVEN, x, x);
        }
        a.emit(Op.VPEXTRW_STORE, 0, Mem.at(RSI), x);
    }

    private void loadPart(int part, boolean masked) {
        Vec x = code.vec(part);
        Vec to = masked ? x.maskZero(mask(part)) : x;
        Mem from = Mem.at(RDI, 2 * code.lanes * part);
        if (brain) {
            a.emit(Op.VPMOVZXWD, to, from);
            a.emit(Op.VPSLLD, 16, x, x);
        } else {
            a.emit(Op.VCVTPH2PS, to, from);
        }
        code.store(RSI, part, x, masked);
    }

    private void loadOne() {
        Vec x = Vec.xmm(0);
        a.movzx16(RAX, Mem.at(RDI));
        a.emit(Op.VMOVD, x, RAX);
        if (brain) {
            a.emit(Op.VPSLLD, 16, x, x);
        } else {
            a.emit(Op.VCVTPH2PS, x, x);
        }
        a.emit(Op.VMOVSS_STORE, Mem.at(RSI), x);
    }

    /// f32 to its bf16 in the lower half of each lane. Half a unit less one, and one more where the last bit that
    /// stays is odd, rounds ties to even; NaN would run over and gets its quiet bit instead.
    private void round(Vec x) {
        Vec sum = Vec.of(8, x.bits());
        Vec quiet = Vec.of(9, x.bits());
        a.emit(Op.VPSRLD, 16, sum, x);
        a.emit(Op.VPORD, quiet, sum, all(0x40, x));
        a.emit(Op.VPANDD, sum, sum, all(1, x));
        a.emit(Op.VPADDD, sum, sum, all(0x7FFF, x));
        a.emit(Op.VPADDD, sum, sum, x);
        a.emit(Op.VPSRLD, 16, sum, sum);
        if (code.wide) {
            a.emit(Op.VCMPPS_K, UNORDERED, Mask.K7, x, x);
            a.emit(Op.VMOVUPS, sum.mask(Mask.K7), quiet);
            a.emit(Op.VMOVUPS, x, sum);
        } else {
            Vec unordered = Vec.of(10, x.bits());
            a.emit(Op.VCMPPS, UNORDERED, unordered, x, x);
            a.emit(Op.VBLENDVPS, x, sum, quiet, unordered);
        }
    }

    private Operand all(int word, Vec like) {
        return code.wide || like.bits() == 256 ? code.all(word) : a.words(word, word, word, word);
    }

    private static Mask mask(int part) {
        return part == 0 ? Mask.K1 : Mask.K2;
    }
}

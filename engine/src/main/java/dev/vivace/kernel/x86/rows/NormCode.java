package dev.vivace.kernel.x86.rows;

import static dev.vivace.kernel.x86.asm.Gpr.*;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// RMS and layer normalisation. Sums are taken in f64, so that no square overflows or vanishes, in 32 chains:
/// element `i` adds to chain `i mod 32` at every width, so that widths give the same bits.
final class NormCode {
    /// Registers for sums: 32 chains of f64.
    private static final int FIRST_SUM = 0;

    private static final Vec LOW = Vec.xmm(8);
    private static final Vec HIGH = Vec.xmm(9);
    private static final Vec MEAN = Vec.xmm(10);
    private static final Vec FACTOR = Vec.xmm(11);
    private static final Vec COUNT = Vec.xmm(12);
    private static final Vec EPSILON = Vec.xmm(13);

    private final RowCode code;
    private final Assembler a;

    private NormCode(String name, Target target) {
        this.code = new RowCode(name, target);
        this.a = code.a;
    }

    /// `(x, out, weight, x stride | out stride, groups | dim, rows | epsilon)`.
    static Code rms(Target target) {
        return new NormCode("rms norm", target).rms();
    }

    /// `(x, out, weight, bias, columns | epsilon, x stride / 16 | out stride / 16 << 20 | rows << 40)`.
    static Code layer(Target target) {
        return new NormCode("layer norm", target).layer();
    }

    private Code rms() {
        Gpr rows = R9;
        Gpr groups = R8;
        Gpr dim = R11;
        Gpr group = RBP;
        Gpr rest = R12;
        code.save(RBX, RBP, R12);
        code.unpack(R9, R9, RAX);
        epsilon(RAX);
        code.unpack(R8, R8, dim);
        code.unpack(RCX, RCX, RBX);
        a.emit(Op.VCVTSI2SD, COUNT, COUNT, dim);
        // Strides become bytes from the last group's end to the next row.
        a.mov(RAX, dim);
        a.imul(RAX, groups);
        a.sub(RCX, RAX);
        a.shl(RCX, 2);
        a.sub(RBX, RAX);
        a.shl(RBX, 2);
        a.mov(rest, dim);
        a.and(rest, RowCode.STEP - 1);
        a.shl(rest, 2);
        code.repeat(rows, () -> {
            a.mov(group, groups);
            code.repeat(group, () -> {
                a.mov(R10, RDI);
                clear();
                code.columns(dim, RAX, this::square, RowCode.Pointer.to(R10));
                total();
                inverse(Vec.xmm(FIRST_SUM));
                a.mov(R10, RDX);
                code.columns(
                        dim,
                        RAX,
                        this::scale,
                        RowCode.Pointer.to(RDI),
                        RowCode.Pointer.to(RSI),
                        RowCode.Pointer.to(R10));
                a.add(RDI, rest);
                a.add(RSI, rest);
            });
            a.add(RDI, RCX);
            a.add(RSI, RBX);
        });
        return code.finish();
    }

    private Code layer() {
        Gpr rows = R9;
        Gpr dim = R8;
        code.save(RBX, RBP);
        code.unpack(R8, dim, RAX);
        epsilon(RAX);
        a.emit(Op.VCVTSI2SD, COUNT, COUNT, dim);
        a.mov(RBX, R9);
        a.shl(RBX, 44);
        a.shr(RBX, 40);
        a.mov(RBP, R9);
        a.shl(RBP, 24);
        a.shr(RBP, 44);
        a.shl(RBP, 4);
        a.shr(R9, 40);
        code.rowStep(RBX, dim, RAX);
        code.rowStep(RBP, dim, RAX);
        code.repeat(rows, () -> {
            a.mov(R10, RDI);
            clear();
            code.columns(dim, RAX, this::sum, RowCode.Pointer.to(R10));
            total();
            a.emit(Op.VDIVSD, MEAN, Vec.xmm(FIRST_SUM), COUNT);
            a.emit(Op.VBROADCASTSD, Vec.of(MEAN.index(), code.vec(0).bits()), MEAN);
            a.mov(R10, RDI);
            clear();
            code.columns(dim, RAX, this::deviate, RowCode.Pointer.to(R10));
            total();
            inverse(Vec.xmm(FIRST_SUM));
            a.emit(Op.VCVTSD2SS, MEAN, MEAN, MEAN);
            a.emit(Op.VBROADCASTSS, code.vec(MEAN.index()), MEAN);
            a.mov(R10, RDX);
            a.mov(R11, RCX);
            code.columns(
                    dim,
                    RAX,
                    this::shift,
                    RowCode.Pointer.to(RDI),
                    RowCode.Pointer.to(RSI),
                    RowCode.Pointer.to(R10),
                    RowCode.Pointer.to(R11));
            a.add(RDI, RBX);
            a.add(RSI, RBP);
        });
        return code.finish();
    }

    private void epsilon(Gpr bits) {
        a.emit(Op.VMOVD, EPSILON, bits);
        a.emit(Op.VCVTSS2SD, EPSILON, EPSILON, EPSILON);
    }

    private int sums() {
        return 2 * code.parts();
    }

    private Vec sum(int index) {
        return code.vec(FIRST_SUM + index);
    }

    private void clear() {
        for (int i = 0; i < sums(); i++) {
            a.emit(Op.VPXORD, sum(i), sum(i), sum(i));
        }
    }

    /// A part of x at R10 as f64, to LOW and HIGH.
    private void wider(int part, boolean masked) {
        int half = code.vec(0).bits() / 2;
        Vec low = code.vec(LOW.index());
        Vec high = code.vec(HIGH.index());
        if (masked) {
            code.load(low, R10, part, true);
            if (code.wide) {
                a.emit(Op.VEXTRACTF64X4, 1, high.as(half), low);
            } else {
                a.emit(Op.VEXTRACTF128, 1, high.as(half), low);
            }
            a.emit(Op.VCVTPS2PD, high, high.as(half));
            a.emit(Op.VCVTPS2PD, low, low.as(half));
        } else {
            Mem at = code.at(R10, part);
            a.emit(Op.VCVTPS2PD, low, at);
            a.emit(Op.VCVTPS2PD, high, at.plus(half / 8));
        }
    }

    private void square(int part, boolean masked) {
        wider(part, masked);
        addSquares(part);
    }

    private void addSquares(int part) {
        Vec low = code.vec(LOW.index());
        Vec high = code.vec(HIGH.index());
        a.emit(Op.VFMADD231PD, sum(2 * part), low, low);
        a.emit(Op.VFMADD231PD, sum(2 * part + 1), high, high);
    }

    private void sum(int part, boolean masked) {
        wider(part, masked);
        a.emit(Op.VADDPD, sum(2 * part), sum(2 * part), code.vec(LOW.index()));
        a.emit(Op.VADDPD, sum(2 * part + 1), sum(2 * part + 1), code.vec(HIGH.index()));
    }

    /// Squares of the distances from the mean; what is outside has none.
    private void deviate(int part, boolean masked) {
        int bits = code.vec(0).bits();
        wider(part, masked);
        for (Vec half : new Vec[] {code.vec(LOW.index()), code.vec(HIGH.index())}) {
            a.emit(Op.VSUBPD, half, half, MEAN.as(bits));
        }
        if (masked) {
            code.clearOutside(code.vec(LOW.index()), 2 * part);
            code.clearOutside(code.vec(HIGH.index()), 2 * part + 1);
        }
        addSquares(part);
    }

    /// The chains' sum, to the first lane of the first.
    private void total() {
        // With 256 bits neighbours are the halves of what one register holds with 512.
        int apart = code.wide ? 1 : 2;
        for (int i = 0; i < apart; i++) {
            a.emit(Op.VADDPD, sum(i), sum(i), sum(i + apart));
            a.emit(Op.VADDPD, sum(i + 2 * apart), sum(i + 2 * apart), sum(i + 3 * apart));
            a.emit(Op.VADDPD, sum(i), sum(i), sum(i + 2 * apart));
        }
        Vec all = Vec.ymm(FIRST_SUM);
        Vec other = Vec.ymm(FIRST_SUM + 1);
        if (code.wide) {
            a.emit(Op.VEXTRACTF64X4, 1, other, Vec.zmm(FIRST_SUM));
        }
        a.emit(Op.VADDPD, all, all, other);
        a.emit(Op.VEXTRACTF128, 1, other.as(128), all);
        a.emit(Op.VADDPD, all.as(128), all.as(128), other.as(128));
        a.emit(Op.VUNPCKHPD, other.as(128), all.as(128), all.as(128));
        a.emit(Op.VADDSD, all.as(128), all.as(128), other.as(128));
    }

    /// `1 / sqrt(sum / count + epsilon)` to all lanes of FACTOR, as f32.
    private void inverse(Vec sum) {
        a.emit(Op.VDIVSD, sum, sum, COUNT);
        a.emit(Op.VADDSD, sum, sum, EPSILON);
        a.emit(Op.VSQRTSD, sum, sum, sum);
        Vec one = Vec.xmm(FIRST_SUM + 1);
        a.emit(Op.VMOVQ, one, a.words(0, 0x3FF00000));
        a.emit(Op.VDIVSD, sum, one, sum);
        a.emit(Op.VCVTSD2SS, FACTOR, sum, sum);
        a.emit(Op.VBROADCASTSS, code.vec(FACTOR.index()), FACTOR);
    }

    private void scale(int part, boolean masked) {
        Vec x = code.vec(part % 2);
        Vec weight = code.vec(2 + part % 2);
        code.load(x, RDI, part, masked);
        a.emit(Op.VMULPS, x, x, code.vec(FACTOR.index()));
        multiply(x, weight, R10, part, masked);
        code.store(RSI, part, x, masked);
    }

    private void multiply(Vec x, Vec spare, Gpr weight, int part, boolean masked) {
        if (masked) {
            code.load(spare, weight, part, true);
            a.emit(Op.VMULPS, x, x, spare);
        } else {
            a.emit(Op.VMULPS, x, x, code.at(weight, part));
        }
    }

    private void shift(int part, boolean masked) {
        Vec x = code.vec(part % 2);
        Vec weight = code.vec(2 + part % 2);
        Vec bias = code.vec(4 + part % 2);
        code.load(x, RDI, part, masked);
        a.emit(Op.VSUBPS, x, x, code.vec(MEAN.index()));
        a.emit(Op.VMULPS, x, x, code.vec(FACTOR.index()));
        code.load(weight, R10, part, masked);
        code.load(bias, R11, part, masked);
        a.emit(Op.VFMADD213PS, x, weight, bias);
        code.store(RSI, part, x, masked);
    }
}

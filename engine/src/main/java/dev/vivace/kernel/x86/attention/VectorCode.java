package dev.vivace.kernel.x86.attention;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Operand;
import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What attention's emitters share: vectors of the target's width, loads of stored elements, and the steps that
/// the two widths say differently.
final class VectorCode {
    /// Which comparison, as the instructions number them.
    private static final int NOT_EQUAL = 4;
    private static final int NOT_LESS = 5;

    final Assembler a;
    final boolean wide;
    final int bits;
    /// f32 elements of a vector, and its bytes.
    final int lanes;
    final int bytes;

    VectorCode(Assembler a, Target target) {
        this.a = a;
        this.wide = target.wide();
        this.bits = target.bits();
        this.lanes = target.lanes();
        this.bytes = bits / 8;
    }

    Vec v(int index) {
        return Vec.of(index, bits);
    }

    /// The same number in every lane, as a memory operand of arithmetic.
    Mem all(float value) {
        return allWords(Float.floatToRawIntBits(value));
    }

    Mem allWords(int word) {
        if (wide) {
            return a.words(word).broadcast();
        }
        int[] words = new int[lanes];
        Arrays.fill(words, word);
        return a.words(words);
    }

    /// `0, 1, …` as integers.
    Mem iota(int first) {
        int[] words = new int[lanes];
        Arrays.setAll(words, i -> first + i);
        return a.words(words);
    }

    void set(Vec target, float value) {
        a.emit(Op.VBROADCASTSS, target, a.constant(value));
    }

    void zero(Vec target) {
        if (target.index() < 16) {
            Vec low = Vec.xmm(target.index());
            a.emit(Op.VXORPS, low, low, low);
        } else {
            a.emit(Op.VPXORD, target, target, target);
        }
    }

    /// Loads as many elements as a vector has lanes, as f32.
    void load(DType dtype, Vec target, Mem source) {
        if (dtype == DType.F16) {
            a.emit(Op.VCVTPH2PS, target, source);
        } else if (dtype == DType.BF16) {
            a.emit(Op.VPMOVZXWD, target, source);
            a.emit(Op.VPSLLD, 16, target, target);
        } else {
            a.emit(Op.VMOVUPS, target, source);
        }
    }

    /// The largest lane, in all lanes.
    void largest(Vec x, Vec scratch) {
        across(Op.VMAXPS, x, scratch);
    }

    /// The sum of the lanes, in all lanes: halves first, then quarters, neighbours last.
    void sum(Vec x, Vec scratch) {
        across(Op.VADDPS, x, scratch);
    }

    private void across(Op op, Vec x, Vec scratch) {
        if (wide) {
            a.emit(Op.VSHUFF32X4, 0x4E, scratch, x, x);
            a.emit(op, x, x, scratch);
            a.emit(Op.VSHUFF32X4, 0xB1, scratch, x, x);
        } else {
            a.emit(Op.VPERM2F128, 0x01, scratch, x, x);
        }
        a.emit(op, x, x, scratch);
        a.emit(Op.VPERMILPS, 0x4E, scratch, x);
        a.emit(op, x, x, scratch);
        a.emit(Op.VPERMILPS, 0xB1, scratch, x);
        a.emit(op, x, x, scratch);
    }

    /// `target = x`, but 0 where `x` is minus infinity. `scratch` is used at 256 bits only.
    void finiteOrZero(Vec target, Vec x, Vec scratch) {
        Mem infinity = all(Float.NEGATIVE_INFINITY);
        if (wide) {
            a.emit(Op.VCMPPS_K, NOT_EQUAL, Mask.K7, x, infinity);
            a.emit(Op.VMOVUPS, target.maskZero(Mask.K7), x);
        } else {
            a.emit(Op.VCMPPS, NOT_EQUAL, scratch, x, infinity);
            a.emit(Op.VANDPS, target, x, scratch);
        }
    }

    /// What exponentials read again and again, see [#constants].
    record Constants(Vec log2e, Vec magic, Operand least, List<Operand> coefficients) {}

    /// Loads what exponentials need into two vectors; at 512 bits the rest into vectors from 20 on.
    Constants constants(int log2e, int magic) {
        set(v(log2e), 1.4426950408889634f);
        set(v(magic), MAGIC);
        List<Operand> coefficients = new ArrayList<>();
        for (int i = 0; i < POWER_OF_TWO.length; i++) {
            coefficients.add(constant(20 + i, POWER_OF_TWO[i]));
        }
        return new Constants(v(log2e), v(magic), constant(20 + POWER_OF_TWO.length, LEAST), coefficients);
    }

    private Operand constant(int register, float value) {
        if (!wide) {
            return all(value);
        }
        set(v(register), value);
        return v(register);
    }

    /// Adding it rounds to an integer, and leaves that integer plus the bias of exponents in the lowest bits.
    private static final float MAGIC = 0x1.8p23f + 127;

    /// Below it `e^x` counts as 0: a weight of 2e-38 beside one of 1.
    private static final float LEAST = -87;

    /// `2^f` for `f` in -0.5..0.5, to 3e-9: coefficients of `f^6` down to `f`, then 1. Found by Remez exchange of
    /// the relative error.
    private static final float[] POWER_OF_TWO = {
        1.5594678e-4f, 1.3406643e-3f, 9.617693e-3f, 5.5503104e-2f, 0.24022652f, 0.69314724f, 1
    };

    /// `x = e^x` for `x` up to 88: `2^(x log2 e)` by the nearest integer and a polynomial; exactly 0 below -87, for
    /// minus infinity too, and exactly 1 for 0. What is no number stays so. Uses `s` and `t`; at 256 bits also `u`.
    void exp(Vec x, Vec s, Vec t, Vec u, Constants constants) {
        if (wide) {
            a.emit(Op.VCMPPS_K, NOT_LESS, Mask.K7, x, constants.least());
        } else {
            a.emit(Op.VCMPPS, NOT_LESS, u, x, constants.least());
        }
        a.emit(Op.VMOVUPS, s, constants.magic());
        a.emit(Op.VFMADD231PS, s, x, constants.log2e());
        a.emit(Op.VSUBPS, t, s, constants.magic());
        a.emit(Op.VFMSUB213PS, x, constants.log2e(), t);
        a.emit(Op.VMOVUPS, t, constants.coefficients().getFirst());
        for (int i = 1; i < POWER_OF_TWO.length; i++) {
            a.emit(Op.VFMADD213PS, t, x, constants.coefficients().get(i));
        }
        a.emit(Op.VPSLLD, 23, s, s);
        if (wide) {
            a.emit(Op.VMULPS, x.maskZero(Mask.K7), t, s);
        } else {
            a.emit(Op.VMULPS, x, t, s);
            a.emit(Op.VANDPS, x, x, u);
        }
    }

    /// `log(1 + y) = y - y^2 / 2 + y^3 P(y)` near 0: coefficients of `P`, of `y^8` down (Cephes, `logf`).
    private static final float[] LOGARITHM = {
        7.0376836292e-2f,
        -1.1514610310e-1f,
        1.1676998740e-1f,
        -1.2420140846e-1f,
        1.4249322787e-1f,
        -1.6668057665e-1f,
        2.0000714765e-1f,
        -2.4999993993e-1f,
        3.3333331174e-1f
    };

    private static final int ROOT_HALF = 0x3F3504F3;

    /// `x = ln x` for normal numbers above 0; some finite number for 0. What is no number stays so. Uses `r`, `s`, `t`.
    void log(Vec x, Vec r, Vec s, Vec t) {
        // x = 2^e m with m between the root of a half and the root of two; y = m - 1.
        a.emit(Op.VPSUBD, r, x, allWords(ROOT_HALF));
        a.emit(Op.VPSRAD, 23, r, r);
        a.emit(Op.VPSLLD, 23, s, r);
        a.emit(Op.VPSUBD, s, x, s);
        a.emit(Op.VSUBPS, s, s, all(1));
        a.emit(Op.VCVTDQ2PS, r, r);
        set(t, LOGARITHM[0]);
        for (int i = 1; i < LOGARITHM.length; i++) {
            a.emit(Op.VFMADD213PS, t, s, all(LOGARITHM[i]));
        }
        a.emit(Op.VFMADD213PS, t, s, all(-0.5f));
        a.emit(Op.VMULPS, t, t, s);
        a.emit(Op.VMULPS, t, t, s);
        // ln 2 in two parts, the first of few bits.
        a.emit(Op.VFMADD231PS, t, r, all(-2.12194440e-4f));
        a.emit(Op.VADDPS, t, t, s);
        a.emit(Op.VFMADD231PS, t, r, all(0.693359375f));
        // Zero times what is no number is no number.
        a.emit(Op.VFMADD132PS, x, t, all(0));
    }

    /// `tanh(y) = y + y^3 P(y^2)` near 0: coefficients of `P`, highest first (Cephes, `tanhf`).
    private static final float[] TANH = {
        -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f
    };

    /// `x = tanh x`: a polynomial up to 0.625, above it `1 - 2 / (e^(2 |x|) + 1)`. Uses five other vectors.
    void tanh(Vec x, Vec p, Vec q, Vec s, Vec t, Vec u, Constants constants) {
        a.emit(Op.VANDPS, q, x, allWords(0x7FFFFFFF));
        set(p, 9);
        // The second operand is what comes of no number.
        a.emit(Op.VMINPS, q, p, q);
        a.emit(Op.VADDPS, q, q, q);
        exp(q, s, t, u, constants);
        a.emit(Op.VADDPS, q, q, all(1));
        set(s, 2);
        a.emit(Op.VDIVPS, q, s, q);
        set(s, 1);
        a.emit(Op.VSUBPS, q, s, q);
        a.emit(Op.VANDPS, s, x, allWords(0x80000000));
        a.emit(Op.VORPS, q, q, s);
        a.emit(Op.VMULPS, s, x, x);
        set(t, TANH[0]);
        for (int i = 1; i < TANH.length; i++) {
            a.emit(Op.VFMADD213PS, t, s, all(TANH[i]));
        }
        a.emit(Op.VMULPS, t, t, s);
        a.emit(Op.VFMADD213PS, t, x, x);
        a.emit(Op.VANDPS, s, x, allWords(0x7FFFFFFF));
        if (wide) {
            a.emit(Op.VCMPPS_K, NOT_LESS, Mask.K7, s, all(0.625f));
            a.emit(Op.VBLENDMPS, x.mask(Mask.K7), t, q);
        } else {
            a.emit(Op.VCMPPS, NOT_LESS, s, s, all(0.625f));
            a.emit(Op.VBLENDVPS, x, t, q, s);
        }
    }

    /// Where `slots` (integers) are at least `from` and below `to`: a mask register at 512 bits, else all bits of
    /// `lanesThat`.
    void within(Mask mask, Vec lanesThat, Vec slots, Vec from, Vec to, Vec scratch) {
        if (wide) {
            a.emit(Op.VPCMPD_K, 2, mask, from, slots);
            a.emit(Op.VPCMPD_K, 1, mask, slots.mask(mask), to);
        } else {
            a.emit(Op.VPCMPGTD, lanesThat, to, slots);
            a.emit(Op.VPCMPGTD, scratch, from, slots);
            a.emit(Op.VPANDND, lanesThat, scratch, lanesThat);
        }
    }

    /// Keeps `x` where [#within] said so, minus infinity elsewhere.
    void keep(Vec x, Mask mask, Vec lanesThat, Vec infinity) {
        if (wide) {
            a.emit(Op.VBLENDMPS, x.mask(mask), infinity, x);
        } else {
            a.emit(Op.VBLENDVPS, x, infinity, x, lanesThat);
        }
    }

    /// Saves the registers that a callee must.
    void enter() {
        for (Gpr register : SAVED) {
            a.push(register);
        }
    }

    void leave() {
        for (int i = SAVED.length - 1; i >= 0; i--) {
            a.pop(SAVED[i]);
        }
        a.emit(Op.VZEROUPPER);
        a.ret();
    }

    private static final Gpr[] SAVED = {Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15};
}

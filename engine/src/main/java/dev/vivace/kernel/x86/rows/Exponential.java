package dev.vivace.kernel.x86.rows;

import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// `e^-t` from multiplications and additions: `n = round(-t / ln 2)`, `r = -t - n ln 2`, a polynomial of `r`, times
/// `2^n`. The polynomial is a minimax fit of the relative error for `|r| <= ln 2 / 2`.
final class Exponential {
    private static final float LOG2_E = 1.442695f;

    /// `ln 2` in two parts; the first has so few bits that its products with small integers are exact.
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;

    /// Adding it rounds to an integer, whose bits then stand in the lowest bits of the sum.
    private static final float ROUNDER = 12582912f;

    /// From here on the result is 0; a power of two down to there is a product of two f32.
    private static final float MOST = 172;

    /// `(e^r - 1 - r) / r^2`, last first.
    private static final float[] SERIES = {0.0013811660f, 0.0083701350f, 0.041668527f, 0.16666509f, 0.49999994f};

    private Exponential() {}

    /// Keeps in registers what has to be copied.
    static void keep(RowCode code) {
        code.keep(MOST, ROUNDER, SERIES[0], -0f, 1);
    }

    /// `t = e^-t` for `t >= 0`, within 2 units in the last place also where it is not normal; NaN stays. Widths give
    /// the same bits.
    ///
    /// @param spare first of three registers
    static void negative(RowCode code, Vec t, int spare) {
        Vec shifted = code.vec(spare);
        Vec n = code.vec(spare + 1);
        Vec e = code.vec(spare + 2);
        // Least of two is the second where one is NaN.
        code.fill(e, MOST);
        code.emit(Op.VMINPS, t, e, t);
        code.fill(shifted, ROUNDER);
        code.emit(Op.VFNMADD231PS, shifted, t, code.all(LOG2_E));
        code.emit(Op.VSUBPS, n, shifted, code.all(ROUNDER));
        // r = -(t + n ln 2)
        code.emit(Op.VFMADD231PS, t, n, code.all(LN2_HIGH));
        code.emit(Op.VFMADD231PS, t, n, code.all(LN2_LOW));
        code.emit(Op.VXORPS, t, t, code.all(0x80000000));
        code.fill(e, SERIES[0]);
        for (int i = 1; i < SERIES.length; i++) {
            code.emit(Op.VFMADD213PS, e, t, code.all(SERIES[i]));
        }
        code.emit(Op.VMULPS, e, e, t);
        code.emit(Op.VFMADD213PS, e, t, t);
        code.emit(Op.VADDPS, t, e, code.all(1f));
        if (code.wide) {
            code.emit(Op.VSCALEFPS, t, t, n);
        } else {
            power(code, t, shifted, n);
        }
    }

    /// `t *= 2^n` in two steps, each of a normal number; the low bits of `shifted` are those of `n`.
    private static void power(RowCode code, Vec t, Vec shifted, Vec spare) {
        code.emit(Op.VPSUBD, shifted, shifted, code.all(ROUNDER));
        code.emit(Op.VPSRAD, 1, spare, shifted);
        code.emit(Op.VPSUBD, shifted, shifted, spare);
        for (Vec part : new Vec[] {spare, shifted}) {
            code.emit(Op.VPADDD, part, part, code.all(127));
            code.emit(Op.VPSLLD, 23, part, part);
            code.emit(Op.VMULPS, t, t, part);
        }
    }
}

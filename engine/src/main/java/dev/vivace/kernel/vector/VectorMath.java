package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Loops around the exponential function, made of multiplications and additions: the Vector API's own needs a
/// native library that not every platform has. `e^x` is within 2 units in the last place; 0 below -86.9,
/// infinity above 88.72283. Polynomials are minimax fits of the relative error.
///
/// The three loops repeat the few lines of the exponential: in a method of its own it is too much for the
/// compiler to inline reliably, and a vector that crosses a real call is boxed.
final class VectorMath {
    private static final float LOG2_E = 1.442695f;

    /// `ln 2` in two parts; the first has so few bits that its products with small integers are exact.
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;

    /// Adding it rounds to an integer, whose bits then stand in the lowest bits of the sum.
    private static final float ROUNDER = 12582912f;

    /// `(e^r - 1 - r) / r^2 = C2 + C3 r + ...` for `|r| <= ln 2 / 2`.
    private static final float C2 = 0.49999994f;

    private static final float C3 = 0.16666509f;
    private static final float C4 = 0.041668527f;
    private static final float C5 = 0.0083701350f;
    private static final float C6 = 0.0013811660f;

    /// The exponent bits of 1/2: 2^n is made as 2 * 2^(n - 1), since n reaches 128, one exponent too many.
    private static final int HALF_ONE = 126 << 23;

    /// Below it `e^x` is taken as 0: it would soon not be a normal f32.
    private static final float LEAST = -86.9f;

    /// The largest argument with a finite result.
    private static final float MOST = 88.72283f;

    /// Squares are cut here: only where they would be infinite, and infinity times 0 is no number.
    private static final float LARGEST_SQUARE = 3e38f;

    /// `tanh x = x + x^3 (T0 + T1 x^2 + ...)` up to here.
    private static final float SMALL = 0.625f;

    private static final float T0 = -0.33333281f;
    private static final float T1 = 0.13331442f;
    private static final float T2 = -0.053739712f;
    private static final float T3 = 0.020639079f;
    private static final float T4 = -0.0057049785f;

    private VectorMath() {}

    /// `out = up * gate / (1 + e^(gate (linear + cubic gate^2)))`, `n` elements from the given bytes on. With
    /// `(-1, 0)` that is SiLU; with `-2 sqrt(2/pi) (1, 0.044715)` the tanh form of GELU, in the form that loses
    /// nothing where `tanh` nears -1.
    static void gated(
            MemorySegment gate,
            long gateAt,
            MemorySegment up,
            long upAt,
            MemorySegment out,
            long outAt,
            int count,
            float linear,
            float cubic) {
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> inside = F.indexInRange(i, count);
            FloatVector g = FloatVector.fromMemorySegment(F, gate, gateAt + 4L * i, LE, inside);
            FloatVector x = g.mul(g).min(LARGEST_SQUARE).mul(cubic).add(linear).mul(g);
            // e^x: n = round(x / ln 2), r = x - n ln 2, then 2^n times a polynomial of r.
            FloatVector shifted = x.mul(LOG2_E).add(ROUNDER);
            FloatVector n = shifted.sub(ROUNDER);
            FloatVector r = n.mul(-LN2_LOW).add(n.mul(-LN2_HIGH).add(x));
            FloatVector e = r.mul(C6).add(C5);
            e = e.fma(r, FloatVector.broadcast(F, C4));
            e = e.fma(r, FloatVector.broadcast(F, C3));
            e = e.fma(r, FloatVector.broadcast(F, C2)).mul(r).fma(r, r).add(1);
            IntVector power = shifted.reinterpretAsInts()
                    .lanewise(VectorOperators.LSHL, 23)
                    .add(HALF_ONE);
            e = e.mul(2).mul(power.reinterpretAsFloats());
            e = e.blend(0, x.compare(VectorOperators.LT, LEAST));
            e = e.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, MOST));
            g.div(e.add(1))
                    .mul(FloatVector.fromMemorySegment(F, up, upAt + 4L * i, LE, inside))
                    .intoMemorySegment(out, outAt + 4L * i, LE, inside);
        }
    }

    /// `x = cap * tanh(x / cap)` for `count` elements from byte `at` on; `tanh` within 3 units in the last
    /// place.
    static void softcap(MemorySegment segment, long at, int count, float cap) {
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> inside = F.indexInRange(i, count);
            FloatVector u = FloatVector.fromMemorySegment(F, segment, at + 4L * i, LE, inside)
                    .div(cap);
            FloatVector size = u.abs();
            FloatVector x = size.add(size);
            // e^x: n = round(x / ln 2), r = x - n ln 2, then 2^n times a polynomial of r.
            FloatVector shifted = x.mul(LOG2_E).add(ROUNDER);
            FloatVector n = shifted.sub(ROUNDER);
            FloatVector r = n.mul(-LN2_LOW).add(n.mul(-LN2_HIGH).add(x));
            FloatVector e = r.mul(C6).add(C5);
            e = e.fma(r, FloatVector.broadcast(F, C4));
            e = e.fma(r, FloatVector.broadcast(F, C3));
            e = e.fma(r, FloatVector.broadcast(F, C2)).mul(r).fma(r, r).add(1);
            IntVector power = shifted.reinterpretAsInts()
                    .lanewise(VectorOperators.LSHL, 23)
                    .add(HALF_ONE);
            e = e.mul(2).mul(power.reinterpretAsFloats());
            e = e.blend(0, x.compare(VectorOperators.LT, LEAST));
            e = e.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, MOST));
            // tanh |u| = 1 - 2 / (e^2|u| + 1)
            FloatVector far = FloatVector.broadcast(F, -2).div(e.add(1)).add(1);
            far = far.lanewise(VectorOperators.NEG, u.compare(VectorOperators.LT, 0));
            FloatVector z = u.mul(u);
            FloatVector near = z.mul(T4).add(T3);
            near = near.fma(z, FloatVector.broadcast(F, T2));
            near = near.fma(z, FloatVector.broadcast(F, T1));
            near = near.fma(z, FloatVector.broadcast(F, T0)).mul(z).fma(u, u);
            far.blend(near, size.compare(VectorOperators.LT, SMALL))
                    .mul(cap)
                    .intoMemorySegment(segment, at + 4L * i, LE, inside);
        }
    }

    /// Turns `n` scores, whole vectors from byte `at` on, into `e^(score - largest)`; the sum over vectors is
    /// left at byte `sumAt`, to be summed over lanes.
    static void exponentials(MemorySegment scores, long at, int count, float largest, long sumAt) {
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < count; i += L) {
            FloatVector x =
                    FloatVector.fromMemorySegment(F, scores, at + 4L * i, LE).sub(largest);
            // e^x: n = round(x / ln 2), r = x - n ln 2, then 2^n times a polynomial of r.
            FloatVector shifted = x.mul(LOG2_E).add(ROUNDER);
            FloatVector n = shifted.sub(ROUNDER);
            FloatVector r = n.mul(-LN2_LOW).add(n.mul(-LN2_HIGH).add(x));
            FloatVector e = r.mul(C6).add(C5);
            e = e.fma(r, FloatVector.broadcast(F, C4));
            e = e.fma(r, FloatVector.broadcast(F, C3));
            e = e.fma(r, FloatVector.broadcast(F, C2)).mul(r).fma(r, r).add(1);
            IntVector power = shifted.reinterpretAsInts()
                    .lanewise(VectorOperators.LSHL, 23)
                    .add(HALF_ONE);
            e = e.mul(2).mul(power.reinterpretAsFloats());
            e = e.blend(0, x.compare(VectorOperators.LT, LEAST));
            e = e.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, MOST));
            e.intoMemorySegment(scores, at + 4L * i, LE);
            sum = sum.add(e);
        }
        sum.intoMemorySegment(scores, sumAt, LE);
    }
}

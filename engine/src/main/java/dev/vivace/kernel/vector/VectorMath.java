package dev.vivace.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Exponential functions of vectors, made of multiplications and additions: the Vector API's own need a native
/// library
/// that not every platform has. Polynomials are minimax fits of the relative error.
final class VectorMath {
    private static final float LOG2_E = 1.442695f;

    /// `ln 2` in two parts; the first has so few bits that its products with small integers are exact.
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;

    /// Adding it rounds to an integer, whose bits then stand in the lowest bits of the sum.
    private static final float ROUNDER = 12582912f;

    /// Below it the result is 0 (it would not be a normal f32, or nearly so).
    private static final float LEAST = -86.9f;

    /// The largest argument with a finite result.
    private static final float MOST = 88.72283f;

    /// Up to it `tanh` is a polynomial.
    private static final float SMALL = 0.625f;

    /// `2 sqrt(2 / pi)`, and the same times 0.044715.
    private static final float GELU_1 = 1.5957691f;

    private static final float GELU_3 = 0.07135481f;

    private VectorMath() {}

    /// `e^x` within 2 units in the last place; 0 below -86.9, infinity above 88.72283, NaN for NaN.
    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.mul(LOG2_E).add(ROUNDER);
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.mul(-LN2_HIGH).add(x);
        r = n.mul(-LN2_LOW).add(r);
        FloatVector p = r.mul(0.0013811660f).add(0.0083701350f);
        p = p.fma(r, r.broadcast(0.041668527f));
        p = p.fma(r, r.broadcast(0.16666509f));
        p = p.fma(r, r.broadcast(0.49999994f));
        p = p.mul(r).fma(r, r).add(1);
        // 2^n as 2 * 2^(n - 1): n reaches 128, which is one exponent too many.
        IntVector power =
                shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(126 << 23);
        FloatVector e = p.mul(2).mul(power.reinterpretAsFloats());
        e = e.blend(0, x.compare(VectorOperators.LT, LEAST));
        return e.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, MOST));
    }

    /// `tanh x` within 3 units in the last place.
    static FloatVector tanh(FloatVector x) {
        FloatVector size = x.abs();
        FloatVector z = x.mul(x);
        FloatVector p = z.mul(-0.0057049785f).add(0.020639079f);
        p = p.fma(z, z.broadcast(-0.053739712f));
        p = p.fma(z, z.broadcast(0.13331442f));
        p = p.fma(z, z.broadcast(-0.33333281f));
        FloatVector near = p.mul(z).fma(x, x);
        FloatVector far = exp(size.add(size)).add(1);
        far = far.broadcast(-2).div(far).add(1);
        far = far.lanewise(VectorOperators.NEG, x.compare(VectorOperators.LT, 0));
        VectorMask<Float> small = size.compare(VectorOperators.LT, SMALL);
        return far.blend(near, small);
    }

    /// `x / (1 + e^-x)`.
    static FloatVector silu(FloatVector x) {
        return x.div(exp(x.neg()).add(1));
    }

    /// `x/2 (1 + tanh(u)) = x / (1 + e^-2u)` with `u = sqrt(2/pi) (x + 0.044715 x^3)`: the second form loses
    /// nothing where
    /// `tanh` nears -1.
    static FloatVector geluTanh(FloatVector x) {
        FloatVector inner = x.mul(x).mul(-GELU_3).sub(GELU_1).mul(x);
        return x.div(exp(inner).add(1));
    }
}

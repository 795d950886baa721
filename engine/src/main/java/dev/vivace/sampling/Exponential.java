package dev.vivace.sampling;

/// `exp(x)` for `x <= 0` in plain arithmetic, so that the bits are the same on every machine: `Math.exp` may
/// differ in
/// the last place from one to the next, `StrictMath.exp` does not but takes several times as long.
///
/// `x = k ln 2 + r` with `|r| <= ln 2 / 2`; `exp(r)` by its Taylor polynomial of degree 13, whose remainder is below
/// 5e-18; then times `2^k`.
final class Exponential {
    private static final double LOG2_E = 1.4426950408889634;
    // ln 2 in two parts; the first has zeros in its last bits, so that k times it is exact.
    private static final double LN2_HIGH = 0x1.62e42feep-1;
    private static final double LN2_LOW = 1.9082149292705877e-10;
    private static final double LOWEST = -708;

    private Exponential() {}

    /// `exp(x)` for `x <= 0`, 0 below -708, where a double would lose digits.
    static double of(double x) {
        if (!(x >= LOWEST)) {
            return 0;
        }
        int k = (int) (x * LOG2_E - 0.5);
        double r = (x - k * LN2_HIGH) - k * LN2_LOW;
        double p = 1.0 / 6227020800.0;
        p = p * r + 1.0 / 479001600.0;
        p = p * r + 1.0 / 39916800.0;
        p = p * r + 1.0 / 3628800.0;
        p = p * r + 1.0 / 362880.0;
        p = p * r + 1.0 / 40320.0;
        p = p * r + 1.0 / 5040.0;
        p = p * r + 1.0 / 720.0;
        p = p * r + 1.0 / 120.0;
        p = p * r + 1.0 / 24.0;
        p = p * r + 1.0 / 6.0;
        p = p * r + 0.5;
        p = p * r + 1;
        p = p * r + 1;
        return p * Double.longBitsToDouble((k + 1023L) << 52);
    }
}

package dev.vivace.tensor.codec;

/// Chooses the levels of a super-block of 8 x 32 elements stored as `x = d * s[j] * q - dmin * m[j]`, the form
/// of Q4_K
/// and
/// Q5_K: per sub-block a weighted least-squares fit, then the eight fits rounded to a common six-bit grid, then the
/// levels chosen anew against what the rounded scales really give.
///
/// The fit of a sub-block alternates two exact steps from each of a row of starting grids: given levels, scale and
/// minimum by the 2x2 normal equations (minimum kept at zero or above); given scale and minimum, the nearest
/// levels. An
/// element weighs `rms + |x|`: large weights matter more to a layer's output.
final class AffineSuperBlock {
    private static final int SIZE = 32;
    private static final int STARTS = 21;
    private static final float STEP = 0.1f;
    private static final int ROUNDS = 3;
    private static final int TOP = 63;

    final int[] scales = new int[8];
    final int[] minima = new int[8];
    final int[] levels = new int[8 * SIZE];
    float d;
    float dmin;

    private final int top;
    private final float[] x;
    private final float[] weights = new float[SIZE];
    private float fitScale;
    private float fitMinimum;

    /// Fits `x[256]` with levels `0..top`.
    AffineSuperBlock(float[] x, int top) {
        this.x = x;
        this.top = top;
        float[] scale = new float[8];
        float[] minimum = new float[8];
        for (int j = 0; j < 8; j++) {
            fit(j * SIZE);
            scale[j] = fitScale;
            minimum[j] = fitMinimum;
        }
        roundScales(scale, minimum);
        for (int i = 0; i < 8 * SIZE; i++) {
            levels[i] = nearest(x[i], d * scales[i / SIZE], dmin * minima[i / SIZE]);
        }
    }

    private void roundScales(float[] scale, float[] minimum) {
        d = Float.float16ToFloat(Float.floatToFloat16(BlockCodec.largest(scale) / TOP));
        dmin = Float.float16ToFloat(Float.floatToFloat16(BlockCodec.largest(minimum) / TOP));
        for (int j = 0; j < 8; j++) {
            scales[j] = d == 0 ? 0 : Math.clamp(Math.round(scale[j] / d), 0, TOP);
            minima[j] = dmin == 0 ? 0 : Math.clamp(Math.round(minimum[j] / dmin), 0, TOP);
        }
    }

    /// Sets [#fitScale] and [#fitMinimum] to the best pair found for the sub-block that starts at `from`.
    private void fit(int from) {
        float low = 0;
        float high = x[from];
        float squares = 0;
        for (int i = 0; i < SIZE; i++) {
            low = Math.min(low, x[from + i]);
            high = Math.max(high, x[from + i]);
            squares += x[from + i] * x[from + i];
        }
        fitMinimum = -low;
        fitScale = Math.max(0, high - low) / top;
        if (high <= low) {
            return;
        }
        float rms = (float) Math.sqrt(squares / SIZE);
        for (int i = 0; i < SIZE; i++) {
            weights[i] = rms + Math.abs(x[from + i]);
        }
        float best = error(from, fitScale, fitMinimum);
        for (int start = 0; start < STARTS; start++) {
            float scale = (high - low) / (top + STEP * (start - STARTS / 2));
            float minimum = -low;
            for (int round = 0; round < ROUNDS; round++) {
                Line line = solve(from, scale, minimum);
                scale = line.scale();
                minimum = line.minimum();
                float error = error(from, scale, minimum);
                if (error < best) {
                    best = error;
                    fitScale = scale;
                    fitMinimum = minimum;
                }
            }
        }
    }

    /// `x = scale * q - minimum`.
    private record Line(float scale, float minimum) {}

    /// The least-squares line for the levels that are nearest by the given one.
    private Line solve(int from, float scale, float minimum) {
        double w = 0;
        double q1 = 0;
        double q2 = 0;
        double x1 = 0;
        double qx = 0;
        for (int i = 0; i < SIZE; i++) {
            int q = nearest(x[from + i], scale, minimum);
            double weight = weights[i];
            w += weight;
            q1 += weight * q;
            q2 += weight * q * q;
            x1 += weight * x[from + i];
            qx += weight * q * x[from + i];
        }
        double determinant = w * q2 - q1 * q1;
        double newScale = determinant > 0 ? (w * qx - q1 * x1) / determinant : scale;
        double newMinimum = determinant > 0 ? (q1 * qx - q2 * x1) / determinant : minimum;
        if (newMinimum < 0) {
            newMinimum = 0;
            newScale = q2 > 0 ? qx / q2 : 0;
        }
        return new Line((float) Math.max(0, newScale), (float) newMinimum);
    }

    private float error(int from, float scale, float minimum) {
        float error = 0;
        for (int i = 0; i < SIZE; i++) {
            float difference = scale * nearest(x[from + i], scale, minimum) - minimum - x[from + i];
            error += weights[i] * difference * difference;
        }
        return error;
    }

    private int nearest(float value, float scale, float minimum) {
        return scale == 0 ? 0 : Math.clamp(Math.round((value + minimum) / scale), 0, top);
    }
}

package dev.vivace.tensor.codec;

/// Chooses the levels of a super-block of 16 x 16 elements stored as `x = d * s[j] * (q - 32)`, the form of
/// Q6_K: per
/// sub-block the scale of least weighted squared error among a row of starting grids, then the sixteen scales
/// rounded
/// to a
/// common eight-bit grid, then the levels chosen anew against what the rounded scales really give.
///
/// An element weighs `x * x`, so that relative errors count alike.
final class SymmetricSuperBlock {
    private static final int SIZE = 16;
    private static final int TRIES = 9;
    private static final float STEP = 0.1f;

    final int[] scales = new int[16];
    final int[] levels = new int[16 * SIZE];
    float d;

    private final float[] x;

    /// Fits `x[256]`.
    SymmetricSuperBlock(float[] x) {
        this.x = x;
        float[] fitted = new float[16];
        for (int j = 0; j < 16; j++) {
            fitted[j] = fit(j * SIZE);
        }
        // The extreme scale takes level -128, the only one of that magnitude.
        d = Float.float16ToFloat(Float.floatToFloat16(BlockCodec.extreme(fitted) / -128));
        for (int j = 0; j < 16; j++) {
            scales[j] = d == 0 ? 0 : Math.clamp(Math.round(fitted[j] / d), -128, 127);
        }
        for (int i = 0; i < 16 * SIZE; i++) {
            levels[i] = 32 + nearest(x[i], d * scales[i / SIZE]);
        }
    }

    private float fit(int from) {
        float extreme = 0;
        for (int i = 0; i < SIZE; i++) {
            if (Math.abs(x[from + i]) > Math.abs(extreme)) {
                extreme = x[from + i];
            }
        }
        float bestScale = 0;
        double best = 0;
        for (int attempt = -TRIES; attempt <= TRIES; attempt++) {
            float start = -extreme / (32 + STEP * attempt);
            double qx = 0;
            double qq = 0;
            for (int i = 0; i < SIZE; i++) {
                float value = x[from + i];
                int q = nearest(value, start);
                double weight = (double) value * value;
                qx += weight * q * value;
                qq += weight * q * q;
            }
            // For levels q the best scale is qx / qq, and it lowers the error by qx * qx / qq.
            if (qq > 0 && qx * qx / qq > best) {
                best = qx * qx / qq;
                bestScale = (float) (qx / qq);
            }
        }
        return bestScale;
    }

    private static int nearest(float value, float scale) {
        return scale == 0 ? 0 : Math.clamp(Math.round(value / scale), -32, 31);
    }
}

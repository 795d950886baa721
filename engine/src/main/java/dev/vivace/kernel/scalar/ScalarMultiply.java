package dev.vivace.kernel.scalar;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Matrix multiply: decodes a weight row to f32 once, then takes its dot product with every row.
final class ScalarMultiply {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private ScalarMultiply() {}

    /// Writes output `output` of rows `[rowFrom, rowTo)`.
    static void output(
            ScalarWeights weights, int output, Matrix x, int rowFrom, int rowTo, Matrix y, MemorySegment scratch) {
        int columns = weights.columns();
        long weightRow = output * weights.tensor().rowBytes();
        weights.codec().decode(weights.tensor().data(), weightRow, scratch, 0, columns);
        for (int r = rowFrom; r < rowTo; r++) {
            float sum = dot(x.data(), x.offset(r), scratch, 0, columns);
            y.data().set(F32, y.offset(r) + 4L * output, sum);
        }
    }

    /// The dot product of two f32 vectors: element `k` goes to chain `k mod 8`, the chains are added pairwise,
    /// the last `n mod 8` elements one after another.
    static float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int whole = n & -8;
        for (int k = 0; k < whole; k += 8) {
            long p = aOffset + 4L * k;
            long q = bOffset + 4L * k;
            s0 += a.get(F32, p) * b.get(F32, q);
            s1 += a.get(F32, p + 4) * b.get(F32, q + 4);
            s2 += a.get(F32, p + 8) * b.get(F32, q + 8);
            s3 += a.get(F32, p + 12) * b.get(F32, q + 12);
            s4 += a.get(F32, p + 16) * b.get(F32, q + 16);
            s5 += a.get(F32, p + 20) * b.get(F32, q + 20);
            s6 += a.get(F32, p + 24) * b.get(F32, q + 24);
            s7 += a.get(F32, p + 28) * b.get(F32, q + 28);
        }
        float sum = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
        for (int k = whole; k < n; k++) {
            sum += a.get(F32, aOffset + 4L * k) * b.get(F32, bOffset + 4L * k);
        }
        return sum;
    }
}

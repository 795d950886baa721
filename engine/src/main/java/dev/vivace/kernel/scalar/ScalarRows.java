package dev.vivace.kernel.scalar;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What works on rows element by element or group by group.
final class ScalarRows {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    /// `2 sqrt(2 / pi)`.
    private static final double GELU = 2 * Math.sqrt(2 / Math.PI);

    private ScalarRows() {}

    static void rmsNorm(
            MemorySegment x, long from, MemorySegment out, long to, int dim, MemorySegment w, float epsilon) {
        double squares = 0;
        for (int i = 0; i < dim; i++) {
            double value = x.get(F32, from + 4L * i);
            squares += value * value;
        }
        float factor = (float) (1 / Math.sqrt(squares / dim + epsilon));
        for (int i = 0; i < dim; i++) {
            out.set(F32, to + 4L * i, x.get(F32, from + 4L * i) * factor * w.get(F32, 4L * i));
        }
    }

    static void layerNorm(Matrix x, Matrix out, int row, MemorySegment w, MemorySegment bias, float epsilon) {
        int dim = x.columns();
        double sum = 0;
        for (int i = 0; i < dim; i++) {
            sum += x.at(row, i);
        }
        double mean = sum / dim;
        double squares = 0;
        for (int i = 0; i < dim; i++) {
            double away = x.at(row, i) - mean;
            squares += away * away;
        }
        double factor = 1 / Math.sqrt(squares / dim + epsilon);
        for (int i = 0; i < dim; i++) {
            double scaled = (x.at(row, i) - mean) * factor * w.get(F32, 4L * i);
            out.set(row, i, (float) (scaled + bias.get(F32, 4L * i)));
        }
    }

    /// Rotates one head that starts at byte `head`.
    static void rope(
            MemorySegment x,
            long head,
            int rotary,
            RopeStyle style,
            MemorySegment cos,
            long cosFrom,
            MemorySegment sin,
            long sinFrom) {
        int pairs = rotary / 2;
        for (int i = 0; i < pairs; i++) {
            long first = head + 4L * (style == RopeStyle.INTERLEAVED ? 2 * i : i);
            long second = first + 4L * (style == RopeStyle.INTERLEAVED ? 1 : pairs);
            float a = x.get(F32, first);
            float b = x.get(F32, second);
            float c = cos.get(F32, cosFrom + 4L * i);
            float s = sin.get(F32, sinFrom + 4L * i);
            x.set(F32, first, a * c - b * s);
            x.set(F32, second, a * s + b * c);
        }
    }

    static void gated(Activation activation, Matrix gate, Matrix up, Matrix out, int row, int from, int to) {
        for (int i = from; i < to; i++) {
            double g = gate.at(row, i);
            out.set(row, i, (float) (activate(activation, g) * up.at(row, i)));
        }
    }

    private static double activate(Activation activation, double x) {
        double exponent = switch (activation) {
            case SILU -> x;
            // x/2 (1 + tanh(u)) = x / (1 + e^-2u), which loses nothing for large negative u.
            case GELU_TANH -> GELU * (x + 0.044715 * x * x * x);
        };
        return x / (1 + Math.exp(-exponent));
    }

    static void add(Matrix x, Matrix delta, float scale, int row) {
        for (int i = 0; i < x.columns(); i++) {
            x.set(row, i, x.at(row, i) + scale * delta.at(row, i));
        }
    }

    static float softcap(float x, float cap) {
        return (float) (cap * Math.tanh(x / cap));
    }

    static void store(MemorySegment source, long from, DType dtype, MemorySegment target, long to, int n) {
        if (dtype == DType.F32) {
            MemorySegment.copy(source, from, target, to, 4L * n);
            return;
        }
        if (dtype == DType.BF16) {
            Codec.of(dtype).encode(source, from, target, to, n);
            return;
        }
        assert dtype == DType.F16 : dtype;
        for (int i = 0; i < n; i++) {
            target.set(F16, to + 2L * i, Float.floatToFloat16(source.get(F32, from + 4L * i)));
        }
    }

    static void load(DType dtype, MemorySegment source, long from, MemorySegment target, long to, int n) {
        if (dtype == DType.F32) {
            MemorySegment.copy(source, from, target, to, 4L * n);
            return;
        }
        if (dtype == DType.BF16) {
            Codec.of(dtype).decode(source, from, target, to, n);
            return;
        }
        assert dtype == DType.F16 : dtype;
        for (int i = 0; i < n; i++) {
            target.set(F32, to + 4L * i, Float.float16ToFloat(source.get(F16, from + 2L * i)));
        }
    }

    static int firstAbove(MemorySegment values, long offset, int from, int to, float threshold) {
        int at = from;
        while (at < to && values.get(F32, offset + 4L * at) <= threshold) {
            at++;
        }
        return at;
    }
}

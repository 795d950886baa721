package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.SWAP1;
import static dev.vivace.kernel.vector.Lanes.SWAP2;
import static dev.vivace.kernel.vector.Lanes.SWAP4;
import static dev.vivace.kernel.vector.Lanes.SWAP8;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// What works on rows element by element or group by group. Where slices may be cut anywhere, what is less than
/// a vector runs through the same vector arithmetic under a mask, so that cuts do not change bits.
final class VectorRows {
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(F.vectorBitSize() / 2));

    /// Turns half a vector into a vector with each element in two neighbouring lanes.
    private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(F, i -> i / 2);

    /// -1 in even lanes, 1 in odd ones.
    private static final FloatVector SIGNS = FloatVector.broadcast(F, 1).blend(-1, VectorMask.fromLong(F, 0x5555));

    /// `2 sqrt(2 / pi)`.
    private static final float GELU = 1.5957691f;

    private VectorRows() {}

    static void rmsNorm(
            MemorySegment x, long from, MemorySegment out, long to, int dim, MemorySegment w, float epsilon) {
        float factor = (float) (1 / Math.sqrt((double) squares(x, from, dim) / dim + epsilon));
        int i = 0;
        for (; i <= dim - L; i += L) {
            FloatVector scaled = FloatVector.fromMemorySegment(F, x, from + 4L * i, LE)
                    .mul(factor)
                    .mul(FloatVector.fromMemorySegment(F, w, 4L * i, LE));
            scaled.intoMemorySegment(out, to + 4L * i, LE);
        }
        for (; i < dim; i++) {
            Lanes.put(out, to + 4L * i, Lanes.float32(x, from + 4L * i) * factor * Lanes.float32(w, 4L * i));
        }
    }

    private static float squares(MemorySegment x, long from, int dim) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        int i = 0;
        for (; i <= dim - 2 * L; i += 2 * L) {
            FloatVector u = FloatVector.fromMemorySegment(F, x, from + 4L * i, LE);
            FloatVector v = FloatVector.fromMemorySegment(F, x, from + 4L * (i + L), LE);
            a = u.fma(u, a);
            b = v.fma(v, b);
        }
        a = a.add(b);
        if (L > 8) {
            a = a.add(a.rearrange(SWAP8));
        }
        if (L > 4) {
            a = a.add(a.rearrange(SWAP4));
        }
        a = a.add(a.rearrange(SWAP2));
        a = a.add(a.rearrange(SWAP1));
        float sum = a.lane(0);
        for (; i < dim; i++) {
            float value = Lanes.float32(x, from + 4L * i);
            sum = Math.fma(value, value, sum);
        }
        return sum;
    }

    static void layerNorm(Matrix x, Matrix out, int row, MemorySegment w, MemorySegment bias, float epsilon) {
        int dim = x.columns();
        long from = x.offset(row);
        long to = out.offset(row);
        float mean = (float) (distances(x.data(), from, dim, 0, false) / dim);
        double variance = distances(x.data(), from, dim, mean, true) / dim;
        float factor = (float) (1 / Math.sqrt(variance + epsilon));
        int i = 0;
        for (; i <= dim - L; i += L) {
            FloatVector.fromMemorySegment(F, x.data(), from + 4L * i, LE)
                    .sub(mean)
                    .mul(factor)
                    .fma(
                            FloatVector.fromMemorySegment(F, w, 4L * i, LE),
                            FloatVector.fromMemorySegment(F, bias, 4L * i, LE))
                    .intoMemorySegment(out.data(), to + 4L * i, LE);
        }
        for (; i < dim; i++) {
            float scaled = (Lanes.float32(x.data(), from + 4L * i) - mean) * factor;
            Lanes.put(out.data(), to + 4L * i, Math.fma(scaled, Lanes.float32(w, 4L * i), Lanes.float32(bias, 4L * i)));
        }
    }

    /// The sum of distances from `mean`, or of their squares.
    private static double distances(MemorySegment x, long from, int dim, float mean, boolean squared) {
        FloatVector sums = FloatVector.zero(F);
        int i = 0;
        for (; i <= dim - L; i += L) {
            FloatVector away =
                    FloatVector.fromMemorySegment(F, x, from + 4L * i, LE).sub(mean);
            sums = squared ? away.fma(away, sums) : sums.add(away);
        }
        double sum = sums.reduceLanes(VectorOperators.ADD);
        for (; i < dim; i++) {
            double away = Lanes.float32(x, from + 4L * i) - mean;
            sum += squared ? away * away : away;
        }
        return sum;
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
        int i = switch (style) {
            case HALVES -> halves(x, head, pairs, cos, cosFrom, sin, sinFrom);
            case INTERLEAVED -> interleaved(x, head, pairs, cos, cosFrom, sin, sinFrom);
        };
        for (; i < pairs; i++) {
            long first = head + 4L * (style == RopeStyle.INTERLEAVED ? 2 * i : i);
            long second = first + 4L * (style == RopeStyle.INTERLEAVED ? 1 : pairs);
            float a = Lanes.float32(x, first);
            float b = Lanes.float32(x, second);
            float c = Lanes.float32(cos, cosFrom + 4L * i);
            float s = Lanes.float32(sin, sinFrom + 4L * i);
            Lanes.put(x, first, a * c - b * s);
            Lanes.put(x, second, a * s + b * c);
        }
    }

    private static int halves(
            MemorySegment x, long head, int pairs, MemorySegment cos, long cosFrom, MemorySegment sin, long sinFrom) {
        int i = 0;
        for (; i <= pairs - L; i += L) {
            long first = head + 4L * i;
            long second = first + 4L * pairs;
            FloatVector a = FloatVector.fromMemorySegment(F, x, first, LE);
            FloatVector b = FloatVector.fromMemorySegment(F, x, second, LE);
            FloatVector c = FloatVector.fromMemorySegment(F, cos, cosFrom + 4L * i, LE);
            FloatVector s = FloatVector.fromMemorySegment(F, sin, sinFrom + 4L * i, LE);
            a.mul(c).sub(b.mul(s)).intoMemorySegment(x, first, LE);
            a.mul(s).add(b.mul(c)).intoMemorySegment(x, second, LE);
        }
        return i;
    }

    private static int interleaved(
            MemorySegment x, long head, int pairs, MemorySegment cos, long cosFrom, MemorySegment sin, long sinFrom) {
        int step = L / 2;
        int i = 0;
        for (; i <= pairs - step; i += step) {
            long at = head + 8L * i;
            FloatVector v = FloatVector.fromMemorySegment(F, x, at, LE);
            FloatVector c = ((FloatVector) FloatVector.fromMemorySegment(HALF, cos, cosFrom + 4L * i, LE)
                            .reinterpretShape(F, 0))
                    .rearrange(TWICE);
            FloatVector s = ((FloatVector) FloatVector.fromMemorySegment(HALF, sin, sinFrom + 4L * i, LE)
                            .reinterpretShape(F, 0))
                    .rearrange(TWICE)
                    .mul(SIGNS);
            v.mul(c).add(v.rearrange(SWAP1).mul(s)).intoMemorySegment(x, at, LE);
        }
        return i;
    }

    static void gated(Activation activation, Matrix gate, Matrix up, Matrix out, int row, int from, int to) {
        long g = gate.offset(row) + 4L * from;
        long u = up.offset(row) + 4L * from;
        long o = out.offset(row) + 4L * from;
        float linear = switch (activation) {
            case SILU -> -1;
            case GELU_TANH -> -GELU;
        };
        float cubic = switch (activation) {
            case SILU -> 0;
            case GELU_TANH -> -GELU * 0.044715f;
        };
        VectorMath.gated(gate.data(), g, up.data(), u, out.data(), o, to - from, linear, cubic);
    }

    static void add(Matrix x, Matrix delta, float scale, int row) {
        long p = x.offset(row);
        long q = delta.offset(row);
        FloatVector factor = FloatVector.broadcast(F, scale);
        int i = 0;
        for (; i <= x.columns() - L; i += L) {
            FloatVector sum = factor.fma(
                    FloatVector.fromMemorySegment(F, delta.data(), q + 4L * i, LE),
                    FloatVector.fromMemorySegment(F, x.data(), p + 4L * i, LE));
            sum.intoMemorySegment(x.data(), p + 4L * i, LE);
        }
        for (; i < x.columns(); i++) {
            x.set(row, i, Math.fma(scale, delta.at(row, i), x.at(row, i)));
        }
    }

    /// Stores f32 as f16, rounded to nearest even.
    static void storeHalves(MemorySegment source, long from, MemorySegment target, long to, int n) {
        for (int i = 0; i < n; i++) {
            Lanes.putHalf(target, to + 2L * i, Lanes.float32(source, from + 4L * i));
        }
    }

    static void loadHalves(MemorySegment source, long from, MemorySegment target, long to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            Lanes.halves(source, from + 2L * i).intoMemorySegment(target, to + 4L * i, LE);
        }
        for (; i < n; i++) {
            Lanes.put(target, to + 4L * i, Lanes.half(source, from + 2L * i));
        }
    }

    static int firstAbove(MemorySegment values, long offset, int from, int to, float threshold) {
        int at = from;
        while (at <= to - L) {
            VectorMask<Float> others = FloatVector.fromMemorySegment(F, values, offset + 4L * at, LE)
                    .compare(VectorOperators.LE, threshold)
                    .not();
            if (others.anyTrue()) {
                return at + others.firstTrue();
            }
            at += L;
        }
        while (at < to && Lanes.float32(values, offset + 4L * at) <= threshold) {
            at++;
        }
        return at;
    }
}

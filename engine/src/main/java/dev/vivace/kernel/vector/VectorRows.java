package dev.vivace.kernel.vector;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// What works on rows element by element or group by group. Where slices may be cut anywhere, what is less than a
/// vector
/// runs through the same vector arithmetic under a mask, so that cuts do not change bits.
final class VectorRows {
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Lanes.F.vectorBitSize() / 2));

    private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(Lanes.F, i -> i / 2);
    private static final VectorShuffle<Float> SWAP = VectorShuffle.fromOp(Lanes.F, i -> i ^ 1);

    /// -1 in even lanes, 1 in odd ones.
    private static final FloatVector SIGNS =
            FloatVector.broadcast(Lanes.F, 1).blend(-1, VectorMask.fromLong(Lanes.F, 0x5555));

    private VectorRows() {}

    static void rmsNorm(
            MemorySegment x, long from, MemorySegment out, long to, int dim, MemorySegment w, float epsilon) {
        float factor = (float) (1 / Math.sqrt((double) squares(x, from, dim) / dim + epsilon));
        int i = 0;
        for (; i <= dim - Lanes.L; i += Lanes.L) {
            FloatVector scaled = Lanes.load(x, from + 4L * i).mul(factor).mul(Lanes.load(w, 4L * i));
            Lanes.store(scaled, out, to + 4L * i);
        }
        for (; i < dim; i++) {
            Lanes.put(out, to + 4L * i, Lanes.float32(x, from + 4L * i) * factor * Lanes.float32(w, 4L * i));
        }
    }

    private static float squares(MemorySegment x, long from, int dim) {
        FloatVector a = FloatVector.zero(Lanes.F);
        FloatVector b = a;
        int i = 0;
        for (; i <= dim - 2 * Lanes.L; i += 2 * Lanes.L) {
            FloatVector u = Lanes.load(x, from + 4L * i);
            FloatVector v = Lanes.load(x, from + 4L * (i + Lanes.L));
            a = u.fma(u, a);
            b = v.fma(v, b);
        }
        float sum = Lanes.sum(a.add(b));
        for (; i < dim; i++) {
            float value = Lanes.float32(x, from + 4L * i);
            sum = Math.fma(value, value, sum);
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
        for (; i <= pairs - Lanes.L; i += Lanes.L) {
            long first = head + 4L * i;
            long second = first + 4L * pairs;
            FloatVector a = Lanes.load(x, first);
            FloatVector b = Lanes.load(x, second);
            FloatVector c = Lanes.load(cos, cosFrom + 4L * i);
            FloatVector s = Lanes.load(sin, sinFrom + 4L * i);
            Lanes.store(a.mul(c).sub(b.mul(s)), x, first);
            Lanes.store(a.mul(s).add(b.mul(c)), x, second);
        }
        return i;
    }

    private static int interleaved(
            MemorySegment x, long head, int pairs, MemorySegment cos, long cosFrom, MemorySegment sin, long sinFrom) {
        int step = Lanes.L / 2;
        int i = 0;
        for (; i <= pairs - step; i += step) {
            long at = head + 8L * i;
            FloatVector v = Lanes.load(x, at);
            FloatVector c = twice(cos, cosFrom + 4L * i);
            FloatVector s = twice(sin, sinFrom + 4L * i).mul(SIGNS);
            Lanes.store(v.mul(c).add(v.rearrange(SWAP).mul(s)), x, at);
        }
        return i;
    }

    /// Half a vector of numbers, each in two neighbouring lanes.
    private static FloatVector twice(MemorySegment segment, long at) {
        FloatVector half = FloatVector.fromMemorySegment(HALF, segment, at, Lanes.LE);
        return ((FloatVector) half.reinterpretShape(Lanes.F, 0)).rearrange(TWICE);
    }

    static void gated(Activation activation, Matrix gate, Matrix up, Matrix out, int row, int from, int to) {
        long g = gate.offset(row);
        long u = up.offset(row);
        long o = out.offset(row);
        int i = from;
        for (; i <= to - Lanes.L; i += Lanes.L) {
            FloatVector a = activate(activation, Lanes.load(gate.data(), g + 4L * i));
            Lanes.store(a.mul(Lanes.load(up.data(), u + 4L * i)), out.data(), o + 4L * i);
        }
        if (i < to) {
            VectorMask<Float> rest = Lanes.F.indexInRange(0, to - i);
            FloatVector a = activate(activation, Lanes.load(gate.data(), g + 4L * i, rest));
            Lanes.store(a.mul(Lanes.load(up.data(), u + 4L * i, rest)), out.data(), o + 4L * i, rest);
        }
    }

    private static FloatVector activate(Activation activation, FloatVector x) {
        return switch (activation) {
            case SILU -> VectorMath.silu(x);
            case GELU_TANH -> VectorMath.geluTanh(x);
        };
    }

    static void add(Matrix x, Matrix delta, float scale, int row) {
        long p = x.offset(row);
        long q = delta.offset(row);
        FloatVector factor = FloatVector.broadcast(Lanes.F, scale);
        int i = 0;
        for (; i <= x.columns() - Lanes.L; i += Lanes.L) {
            FloatVector sum = factor.fma(Lanes.load(delta.data(), q + 4L * i), Lanes.load(x.data(), p + 4L * i));
            Lanes.store(sum, x.data(), p + 4L * i);
        }
        for (; i < x.columns(); i++) {
            x.set(row, i, Math.fma(scale, delta.at(row, i), x.at(row, i)));
        }
    }

    static void softcap(Matrix x, float cap, int row, int from, int to) {
        long p = x.offset(row);
        int i = from;
        for (; i <= to - Lanes.L; i += Lanes.L) {
            Lanes.store(softcap(Lanes.load(x.data(), p + 4L * i), cap), x.data(), p + 4L * i);
        }
        if (i < to) {
            VectorMask<Float> rest = Lanes.F.indexInRange(0, to - i);
            Lanes.store(softcap(Lanes.load(x.data(), p + 4L * i, rest), cap), x.data(), p + 4L * i, rest);
        }
    }

    static FloatVector softcap(FloatVector x, float cap) {
        return VectorMath.tanh(x.div(cap)).mul(cap);
    }

    /// Stores f32 as f16, rounded to nearest even.
    static void storeHalves(MemorySegment source, long from, MemorySegment target, long to, int n) {
        for (int i = 0; i < n; i++) {
            Lanes.putHalf(target, to + 2L * i, Lanes.float32(source, from + 4L * i));
        }
    }

    static void loadHalves(MemorySegment source, long from, MemorySegment target, long to, int n) {
        int i = 0;
        for (; i <= n - Lanes.L; i += Lanes.L) {
            Lanes.store(Lanes.halves(source, from + 2L * i), target, to + 4L * i);
        }
        for (; i < n; i++) {
            Lanes.put(target, to + 4L * i, Lanes.half(source, from + 2L * i));
        }
    }
}

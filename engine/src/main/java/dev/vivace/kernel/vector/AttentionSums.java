package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.AttentionStage.BLOCK;
import static dev.vivace.kernel.vector.AttentionStage.keyAt;
import static dev.vivace.kernel.vector.AttentionStage.padded;
import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.F32;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.SWAP1;
import static dev.vivace.kernel.vector.Lanes.SWAP2;
import static dev.vivace.kernel.vector.Lanes.SWAP4;
import static dev.vivace.kernel.vector.Lanes.SWAP8;

import dev.vivace.kernel.KvBlocks;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/// The arithmetic of one pair of row and head on a staged block: dot products with keys, scores, weighted sums
/// of values.
final class AttentionSums {
    private static final VectorMask<Float> UPPER_HALF = VectorMask.fromLong(F, -1L << L / 2);
    private static final VectorMask<Float> ODD_QUARTERS =
            VectorMask.fromLong(F, ((1L << L / 4) - 1) * (1L << L / 4 | 1L << 3 * L / 4));
    private static final VectorShuffle<Float> SWAP_HALVES = VectorShuffle.fromOp(F, i -> i ^ L / 2);
    private static final VectorShuffle<Float> SWAP_QUARTERS = VectorShuffle.fromOp(F, i -> i ^ L / 4);

    /// From the quarters, which end as sums 0, 2, 1, 3, to the first four lanes.
    private static final VectorShuffle<Float> GATHER =
            VectorShuffle.fromOp(F, i -> (i % 4 == 1 ? 2 : i % 4 == 2 ? 1 : i % 4) * (L / 4));

    private static final VectorMask<Float> FOUR = VectorMask.fromLong(F, 15);

    private static final F32Rows DOT = new F32Rows();

    private AttentionSums() {}

    /// Dot products of a query with the staged keys of `[from, to)`, four at a time; scores beside them may be
    /// written too.
    static void dots(
            KvBlocks kv, MemorySegment scratch, long scores, int from, int to, MemorySegment queries, long query) {
        int n = kv.keyDim();
        if (n % L == 0) {
            fourDots(scratch, keyAt(kv, 0), 4L * padded(n), queries, query, n, scores, from & -4, to);
            return;
        }
        for (int s = from; s < to; s++) {
            Lanes.put(scratch, scores + 4L * s, DOT.dot(scratch, keyAt(kv, s), queries, query, n, scratch));
        }
    }

    private static void fourDots(
            MemorySegment scratch,
            long keys,
            long step,
            MemorySegment queries,
            long query,
            int n,
            long scores,
            int from,
            int to) {
        for (int s = from; s < to; s += 4) {
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            long key = keys + s * step;
            for (int k = 0; k < n; k += L) {
                FloatVector q = FloatVector.fromMemorySegment(F, queries, query + 4L * k, LE);
                long p = key + 4L * k;
                a = q.fma(FloatVector.fromMemorySegment(F, scratch, p, LE), a);
                b = q.fma(FloatVector.fromMemorySegment(F, scratch, p + step, LE), b);
                c = q.fma(FloatVector.fromMemorySegment(F, scratch, p + 2 * step, LE), c);
                d = q.fma(FloatVector.fromMemorySegment(F, scratch, p + 3 * step, LE), d);
            }
            // The tree of Lanes.sum for all four at once: where it would leave the same sum in two places,
            // another takes one.
            FloatVector ab = a.blend(b, UPPER_HALF).add(b.blend(a, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector cd = c.blend(d, UPPER_HALF).add(d.blend(c, UPPER_HALF).rearrange(SWAP_HALVES));
            FloatVector sums =
                    ab.blend(cd, ODD_QUARTERS).add(cd.blend(ab, ODD_QUARTERS).rearrange(SWAP_QUARTERS));
            if (L > 8) {
                sums = sums.add(sums.rearrange(SWAP2));
            }
            if (L > 4) {
                sums = sums.add(sums.rearrange(SWAP1));
            }
            sums.rearrange(GATHER).intoMemorySegment(scratch, scores + 4L * s, LE, FOUR);
        }
    }

    /// Turns dot products into scores: scaled, capped, biases added, minus infinity outside `[from, to)`.
    /// Returns the largest; beside larger ones what is no number is passed over, and found again in the sum.
    static float scores(MemorySegment scratch, long scores, long bias, float scale, float softcap, int from, int to) {
        if (softcap != 0) {
            capped(scratch, scores, scale, softcap);
        }
        float factor = softcap != 0 ? 1 : scale;
        for (int s = 0; s < BLOCK; s += L) {
            FloatVector.fromMemorySegment(F, scratch, scores + 4L * s, LE)
                    .mul(factor)
                    .add(FloatVector.fromMemorySegment(F, scratch, bias + 4L * s, LE))
                    .intoMemorySegment(scratch, scores + 4L * s, LE);
        }
        for (int s = 0; s < from; s++) {
            Lanes.put(scratch, scores + 4L * s, Float.NEGATIVE_INFINITY);
        }
        for (int s = to; s < BLOCK; s++) {
            Lanes.put(scratch, scores + 4L * s, Float.NEGATIVE_INFINITY);
        }
        float largest = largest(scratch, scores);
        for (int s = from; s < to && largest == Float.NEGATIVE_INFINITY; s++) {
            // Nothing was found to be larger: there is nothing, or what is no number.
            largest = Math.max(largest, Lanes.float32(scratch, scores + 4L * s));
        }
        return largest;
    }

    private static void capped(MemorySegment scratch, long scores, float scale, float softcap) {
        for (int s = 0; s < BLOCK; s += L) {
            FloatVector.fromMemorySegment(F, scratch, scores + 4L * s, LE)
                    .mul(scale)
                    .intoMemorySegment(scratch, scores + 4L * s, LE);
        }
        VectorMath.softcap(scratch, scores, BLOCK, softcap);
    }

    /// By comparing and choosing, which is less work than a maximum that must return what is no number.
    private static float largest(MemorySegment scratch, long scores) {
        FloatVector a = FloatVector.fromMemorySegment(F, scratch, scores, LE);
        for (int s = L; s < BLOCK; s += L) {
            FloatVector b = FloatVector.fromMemorySegment(F, scratch, scores + 4L * s, LE);
            a = a.blend(b, b.compare(VectorOperators.GT, a));
        }
        if (L > 8) {
            FloatVector b = a.rearrange(SWAP8);
            a = a.blend(b, b.compare(VectorOperators.GT, a));
        }
        if (L > 4) {
            FloatVector b = a.rearrange(SWAP4);
            a = a.blend(b, b.compare(VectorOperators.GT, a));
        }
        FloatVector b = a.rearrange(SWAP2);
        a = a.blend(b, b.compare(VectorOperators.GT, a));
        b = a.rearrange(SWAP1);
        a = a.blend(b, b.compare(VectorOperators.GT, a));
        return a.lane(0);
    }

    /// `out = shrink * out + sum of weight * value` over slots `[from, to)`.
    static void addValues(
            MemorySegment scratch,
            long values,
            int stride,
            long weights,
            int from,
            int to,
            MemorySegment out,
            long outAt,
            int n,
            float shrink) {
        int d = 0;
        for (; d <= n - 4 * L; d += 4 * L) {
            addFour(scratch, values + 4L * d, 4L * stride, weights, from, to, out, outAt + 4L * d, shrink);
        }
        for (; d <= n - L; d += L) {
            addOne(scratch, values + 4L * d, 4L * stride, weights, from, to, out, outAt + 4L * d, shrink);
        }
        for (; d < n; d++) {
            float sum = Lanes.float32(out, outAt + 4L * d) * shrink;
            for (int s = from; s < to; s++) {
                float value = Lanes.float32(scratch, values + 4L * ((long) s * stride + d));
                sum = Math.fma(Lanes.float32(scratch, weights + 4L * s), value, sum);
            }
            Lanes.put(out, outAt + 4L * d, sum);
        }
    }

    private static void addFour(
            MemorySegment scratch,
            long values,
            long step,
            long weights,
            int from,
            int to,
            MemorySegment out,
            long outAt,
            float shrink) {
        long vector = 4L * L;
        FloatVector a = FloatVector.fromMemorySegment(F, out, outAt, LE).mul(shrink);
        FloatVector b =
                FloatVector.fromMemorySegment(F, out, outAt + vector, LE).mul(shrink);
        FloatVector c =
                FloatVector.fromMemorySegment(F, out, outAt + 2 * vector, LE).mul(shrink);
        FloatVector d =
                FloatVector.fromMemorySegment(F, out, outAt + 3 * vector, LE).mul(shrink);
        for (int s = from; s < to; s++) {
            FloatVector weight = FloatVector.broadcast(F, scratch.get(F32, weights + 4L * s));
            long value = values + s * step;
            a = weight.fma(FloatVector.fromMemorySegment(F, scratch, value, LE), a);
            b = weight.fma(FloatVector.fromMemorySegment(F, scratch, value + vector, LE), b);
            c = weight.fma(FloatVector.fromMemorySegment(F, scratch, value + 2 * vector, LE), c);
            d = weight.fma(FloatVector.fromMemorySegment(F, scratch, value + 3 * vector, LE), d);
        }
        a.intoMemorySegment(out, outAt, LE);
        b.intoMemorySegment(out, outAt + vector, LE);
        c.intoMemorySegment(out, outAt + 2 * vector, LE);
        d.intoMemorySegment(out, outAt + 3 * vector, LE);
    }

    private static void addOne(
            MemorySegment scratch,
            long values,
            long step,
            long weights,
            int from,
            int to,
            MemorySegment out,
            long outAt,
            float shrink) {
        FloatVector a = FloatVector.fromMemorySegment(F, out, outAt, LE).mul(shrink);
        for (int s = from; s < to; s++) {
            a = FloatVector.broadcast(F, scratch.get(F32, weights + 4L * s))
                    .fma(FloatVector.fromMemorySegment(F, scratch, values + s * step, LE), a);
        }
        a.intoMemorySegment(out, outAt, LE);
    }
}

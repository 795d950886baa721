package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.F32;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.SUMS;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Softmax attention in blocks of 32 slots that begin at multiples of 32 (Milakov and Gimelshein 2018,
/// algorithm 3, a block at a time): keys and values of a block are brought to f32 once for all rows and
/// heads that share them, then each pair of row and head adds the block to its running maximum, sum and
/// output.
///
/// A pair's bits depend on its own slots alone: the block grid is that of slot numbers, slots that the pair
/// does not read weigh exactly 0 in the sum, and everything else is done pair by pair.
final class VectorAttention {
    /// Slots of a block; a multiple of every lane count.
    private static final int BLOCK = 32;

    /// Pairs of row and head that share a staged block; more are done in turns.
    private static final int PAIRS = 64;

    /// Where staged keys begin in the scratch; before them is room for the dot products.
    private static final int KEYS = Lanes.TABLE;

    private static final F32Rows DOT = new F32Rows();
    private static final F16Rows DOT_HALVES = new F16Rows();

    private VectorAttention() {}

    static long scratchBytes(int headDim) {
        return KEYS + 4L * (2 * BLOCK * padded(headDim) + 2 * BLOCK + 2 * PAIRS);
    }

    static void attend(AttentionSpan span) {
        int pairs = span.rows * span.heads;
        for (int first = 0; first < pairs; first += PAIRS) {
            some(span, first, Math.min(pairs, first + PAIRS));
        }
    }

    /// The pairs `[first, end)`; pair `p` is row `p / heads`, head `p % heads` of the tile.
    private static void some(AttentionSpan span, int first, int end) {
        int lowest = Integer.MAX_VALUE;
        int highest = 0;
        for (int p = first; p < end; p++) {
            int row = span.row + p / span.heads;
            lowest = Math.min(lowest, span.from[row]);
            highest = Math.max(highest, span.to[row]);
            begin(span, p, p - first);
        }
        int run = span.runFrom;
        int block = 0;
        while (true) {
            while (run < span.runTo && span.runStart[run] + span.runLength[run] <= Math.max(block, lowest)) {
                run++;
            }
            if (run == span.runTo) {
                break;
            }
            block = Math.max(block, Math.max(span.runStart[run], lowest) & -BLOCK);
            if (block >= highest) {
                break;
            }
            stage(span, run, block, Math.max(block, lowest), Math.min(block + BLOCK, highest));
            for (int p = first; p < end; p++) {
                pair(span, p, p - first, block);
            }
            block += BLOCK;
        }
        for (int p = first; p < end; p++) {
            finish(span, p, p - first);
        }
    }

    private static void begin(AttentionSpan span, int p, int index) {
        long out = outAt(span, p);
        for (int d = 0; d < span.kv.valueDim(); d++) {
            Lanes.put(span.out, out + 4L * d, 0);
        }
        long state = stateAt(span, index);
        Lanes.put(span.scratch, state, Float.NEGATIVE_INFINITY);
        Lanes.put(span.scratch, state + 4, 0);
    }

    private static void finish(AttentionSpan span, int p, int index) {
        long state = stateAt(span, index);
        float sum = Lanes.float32(span.scratch, state + 4);
        float lse = Float.NEGATIVE_INFINITY;
        if (sum != 0) {
            lse = Lanes.float32(span.scratch, state) + (float) Math.log(sum);
            scale(span.out, outAt(span, p), span.kv.valueDim(), 1 / sum);
        }
        int row = p / span.heads;
        Lanes.put(span.lse, span.lseOffset + 4L * ((long) row * span.lseRowStride + p % span.heads), lse);
    }

    private static void scale(MemorySegment out, long at, int n, float factor) {
        int d = 0;
        for (; d <= n - L; d += L) {
            FloatVector.fromMemorySegment(F, out, at + 4L * d, LE).mul(factor).intoMemorySegment(out, at + 4L * d, LE);
        }
        for (; d < n; d++) {
            Lanes.put(out, at + 4L * d, Lanes.float32(out, at + 4L * d) * factor);
        }
    }

    /// Brings the block's slots in `[from, to)` to f32, and what is to be added to each score. Slots
    /// outside the runs are 0 and add minus infinity, so that no later loop has to leave them out.
    private static void stage(AttentionSpan span, int run, int block, int from, int to) {
        long bias = biasAt(span.kv);
        for (int s = 0; s < BLOCK; s++) {
            Lanes.put(span.scratch, bias + 4L * s, Float.NEGATIVE_INFINITY);
        }
        int done = from;
        for (int r = run; r < span.runTo && span.runStart[r] < to; r++) {
            int begin = Math.max(from, span.runStart[r]);
            int end = Math.min(to, span.runStart[r] + span.runLength[r]);
            for (int slot = done; slot < begin; slot++) {
                clear(span, slot - block);
            }
            for (int slot = begin; slot < end; slot++) {
                Lanes.put(span.scratch, bias + 4L * (slot - block), span.runLogWeight[r]);
                load(span, slot, slot - block);
            }
            done = Math.max(done, end);
        }
        for (int slot = done; slot < to; slot++) {
            clear(span, slot - block);
        }
    }

    private static void clear(AttentionSpan span, int s) {
        KvBlocks kv = span.kv;
        zero(span.scratch, KEYS + 4L * s * padded(kv.keyDim()), padded(kv.keyDim()));
        zero(span.scratch, valuesAt(kv) + 4L * s * padded(kv.valueDim()), padded(kv.valueDim()));
    }

    private static void zero(MemorySegment target, long at, int n) {
        for (int d = 0; d < n; d += L) {
            FloatVector.zero(F).intoMemorySegment(target, at + 4L * d, LE);
        }
    }

    private static void load(AttentionSpan span, int slot, int s) {
        KvBlocks kv = span.kv;
        int page = slot / kv.pageTokens();
        long within = (long) (slot % kv.pageTokens()) * kv.dtype().blockBytes();
        long key = kv.keys(page, span.kvHead) + within * kv.keyDim();
        long value = kv.values(page, span.kvHead) + within * kv.valueDim();
        toFloats(kv.dtype(), kv.segment(page), key, span.scratch, KEYS + 4L * s * padded(kv.keyDim()), kv.keyDim());
        long to = valuesAt(kv) + 4L * s * padded(kv.valueDim());
        toFloats(kv.dtype(), kv.segment(page), value, span.scratch, to, kv.valueDim());
    }

    private static void toFloats(DType dtype, MemorySegment source, long from, MemorySegment target, long to, int n) {
        if (dtype == DType.F16) {
            VectorRows.loadHalves(source, from, target, to, n);
        } else {
            MemorySegment.copy(source, from, target, to, 4L * n);
        }
    }

    /// Adds the staged block to one pair.
    private static void pair(AttentionSpan span, int p, int index, int block) {
        int row = span.row + p / span.heads;
        int from = Math.max(0, span.from[row] - block);
        int to = Math.min(BLOCK, span.to[row] - block);
        if (from >= to) {
            return;
        }
        KvBlocks kv = span.kv;
        MemorySegment scratch = span.scratch;
        long scores = scoresAt(kv);
        long query = span.queries.offset(row) + 4L * (span.head + p % span.heads) * kv.keyDim();
        for (int s = from; s < to; s++) {
            long key = KEYS + 4L * s * padded(kv.keyDim());
            Lanes.put(
                    scratch, scores + 4L * s, DOT.dot(scratch, key, span.queries.data(), query, kv.keyDim(), scratch));
        }
        finishScores(scratch, scores, biasAt(kv), span.scale, span.softcap);
        for (int s = 0; s < from; s++) {
            Lanes.put(scratch, scores + 4L * s, Float.NEGATIVE_INFINITY);
        }
        for (int s = to; s < BLOCK; s++) {
            Lanes.put(scratch, scores + 4L * s, Float.NEGATIVE_INFINITY);
        }
        float here = largest(scratch, scores);
        if (here == Float.NEGATIVE_INFINITY) {
            return;
        }
        long state = stateAt(span, index);
        float before = Lanes.float32(scratch, state);
        float now = Math.max(before, here);
        float shrink = before == now ? 1 : (float) Math.exp(before - now);
        VectorMath.exponentials(scratch, scores, BLOCK, now, SUMS);
        float sum = Lanes.sum(scratch, SUMS);
        Lanes.put(scratch, state, now);
        Lanes.put(scratch, state + 4, Math.fma(Lanes.float32(scratch, state + 4), shrink, sum));
        addValues(
                scratch,
                valuesAt(kv),
                padded(kv.valueDim()),
                scores,
                from,
                to,
                span.out,
                outAt(span, p),
                kv.valueDim(),
                shrink);
    }

    private static void finishScores(MemorySegment scratch, long scores, long bias, float scale, float softcap) {
        for (int s = 0; s < BLOCK; s += L) {
            FloatVector score = FloatVector.fromMemorySegment(F, scratch, scores + 4L * s, LE);
            score.mul(scale).intoMemorySegment(scratch, scores + 4L * s, LE);
        }
        if (softcap != 0) {
            VectorMath.softcap(scratch, scores, BLOCK, softcap);
        }
        for (int s = 0; s < BLOCK; s += L) {
            FloatVector score = FloatVector.fromMemorySegment(F, scratch, scores + 4L * s, LE);
            score.add(FloatVector.fromMemorySegment(F, scratch, bias + 4L * s, LE))
                    .intoMemorySegment(scratch, scores + 4L * s, LE);
        }
    }

    private static float largest(MemorySegment scratch, long scores) {
        FloatVector largest = FloatVector.fromMemorySegment(F, scratch, scores, LE);
        for (int s = L; s < BLOCK; s += L) {
            largest = largest.max(FloatVector.fromMemorySegment(F, scratch, scores + 4L * s, LE));
        }
        // Unlike a sum, a maximum does not depend on the order of lanes.
        return largest.reduceLanes(VectorOperators.MAX);
    }

    /// `out = shrink * out + sum of weight * value` over slots `[from, to)`.
    private static void addValues(
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

    /// See [dev.vivace.kernel.Kernels#scores].
    static void scores(
            Matrix queries,
            int row,
            int head,
            KvBlocks kv,
            int kvHead,
            float scale,
            float softcap,
            int from,
            int to,
            MemorySegment out,
            long outAt) {
        RowFormat keys = kv.dtype() == DType.F16 ? DOT_HALVES : DOT;
        int n = kv.keyDim();
        long query = queries.offset(row) + 4L * head * n;
        for (int slot = from; slot < to; slot++) {
            int page = slot / kv.pageTokens();
            long key = kv.keys(page, kvHead)
                    + (long) (slot % kv.pageTokens()) * n * kv.dtype().blockBytes();
            float score = scale * keys.dot(kv.segment(page), key, queries.data(), query, n, MemorySegment.NULL);
            Lanes.put(out, outAt + 4L * (slot - from), score);
        }
        if (softcap != 0) {
            VectorMath.softcap(out, outAt, to - from, softcap);
        }
    }

    /// See [dev.vivace.kernel.Kernels#merge].
    static void merge(
            MemorySegment out,
            long outAt,
            MemorySegment lse,
            long lseAt,
            MemorySegment out2,
            long out2At,
            MemorySegment lse2,
            long lse2At,
            int n) {
        float a = Lanes.float32(lse, lseAt);
        float b = Lanes.float32(lse2, lse2At);
        if (b == Float.NEGATIVE_INFINITY) {
            return;
        }
        if (a == Float.NEGATIVE_INFINITY) {
            MemorySegment.copy(out2, out2At, out, outAt, 4L * n);
            Lanes.put(lse, lseAt, b);
            return;
        }
        double both = Math.max(a, b) + Math.log1p(Math.exp(-Math.abs((double) a - b)));
        float keep = (float) Math.exp(a - both);
        float take = (float) Math.exp(b - both);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector kept =
                    FloatVector.fromMemorySegment(F, out, outAt + 4L * i, LE).mul(keep);
            kept.add(FloatVector.fromMemorySegment(F, out2, out2At + 4L * i, LE).mul(take))
                    .intoMemorySegment(out, outAt + 4L * i, LE);
        }
        for (; i < n; i++) {
            float kept = Lanes.float32(out, outAt + 4L * i) * keep;
            Lanes.put(out, outAt + 4L * i, kept + Lanes.float32(out2, out2At + 4L * i) * take);
        }
        Lanes.put(lse, lseAt, (float) both);
    }

    private static int padded(int dim) {
        return Matrix.strideOf(dim);
    }

    private static long outAt(AttentionSpan span, int p) {
        long row = (long) (p / span.heads) * span.outRowStride;
        return span.outOffset + 4L * (row + (long) (p % span.heads) * span.kv.valueDim());
    }

    /// Scratch: keys `[BLOCK, padded keyDim]`, values likewise, biases and scores `[BLOCK]`, then maximum
    /// and sum of each pair.
    private static long valuesAt(KvBlocks kv) {
        return KEYS + 4L * BLOCK * padded(kv.keyDim());
    }

    private static long biasAt(KvBlocks kv) {
        return valuesAt(kv) + 4L * BLOCK * padded(kv.valueDim());
    }

    private static long scoresAt(KvBlocks kv) {
        return biasAt(kv) + 4L * BLOCK;
    }

    private static long stateAt(AttentionSpan span, int index) {
        return scoresAt(span.kv) + 4L * BLOCK + 8L * index;
    }
}

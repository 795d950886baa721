package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.AttentionStage.BLOCK;
import static dev.vivace.kernel.vector.AttentionStage.LARGEST;
import static dev.vivace.kernel.vector.AttentionStage.PAIRS;
import static dev.vivace.kernel.vector.AttentionStage.SHRINK;
import static dev.vivace.kernel.vector.AttentionStage.SUM;
import static dev.vivace.kernel.vector.AttentionStage.UNCHANGED;
import static dev.vivace.kernel.vector.AttentionStage.biasAt;
import static dev.vivace.kernel.vector.AttentionStage.padded;
import static dev.vivace.kernel.vector.AttentionStage.scoresAt;
import static dev.vivace.kernel.vector.AttentionStage.stateAt;
import static dev.vivace.kernel.vector.AttentionStage.valueAt;
import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.SUMS;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Softmax attention in blocks of 32 slots that begin at multiples of 32 (Milakov and Gimelshein 2018,
/// algorithm 3, a block at a time): keys and values of a block are brought to f32 once for all rows and heads
/// that share them, then each pair of row and head adds the block to its running maximum, sum and output.
///
/// A pair's bits depend on its own slots alone: the block grid is that of slot numbers, slots that the pair
/// does not read weigh exactly 0 in the sum, and everything else is done pair by pair.
final class VectorAttention {
    private static final F32Rows DOT = new F32Rows();
    private static final F16Rows DOT_HALVES = new F16Rows();
    private static final Bf16Rows DOT_BRAINS = new Bf16Rows();

    private VectorAttention() {}

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
            AttentionStage.stage(span, run, block, Math.max(block, lowest), Math.min(block + BLOCK, highest));
            // In three sweeps: what one pair has just stored need not be loaded at once.
            for (int p = first; p < end; p++) {
                dots(span, p, p - first, block);
            }
            for (int p = first; p < end; p++) {
                weights(span, p, p - first, block);
            }
            for (int p = first; p < end; p++) {
                values(span, p, p - first, block);
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
        long state = stateAt(span.kv, index);
        Lanes.put(span.scratch, state + LARGEST, Float.NEGATIVE_INFINITY);
        Lanes.put(span.scratch, state + SUM, 0);
    }

    private static void finish(AttentionSpan span, int p, int index) {
        long state = stateAt(span.kv, index);
        float sum = Lanes.float32(span.scratch, state + SUM);
        float lse = Float.NEGATIVE_INFINITY;
        if (sum != 0) {
            lse = Lanes.float32(span.scratch, state + LARGEST) + (float) Math.log(sum);
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

    /// First of the block's slots that pair `p` reads, counted from the block's start; its end is [#to].
    private static int from(AttentionSpan span, int p, int block) {
        return Math.max(0, span.from[span.row + p / span.heads] - block);
    }

    private static int to(AttentionSpan span, int p, int block) {
        return Math.min(BLOCK, span.to[span.row + p / span.heads] - block);
    }

    private static void dots(AttentionSpan span, int p, int index, int block) {
        KvBlocks kv = span.kv;
        int row = span.row + p / span.heads;
        long query = span.queries.offset(row) + 4L * (span.head + p % span.heads) * kv.keyDim();
        AttentionSums.dots(
                kv,
                span.scratch,
                scoresAt(kv, index),
                from(span, p, block),
                to(span, p, block),
                span.queries.data(),
                query);
    }

    /// Turns dot products into weights and brings the pair's maximum and sum up to date.
    private static void weights(AttentionSpan span, int p, int index, int block) {
        KvBlocks kv = span.kv;
        MemorySegment scratch = span.scratch;
        long state = stateAt(kv, index);
        int from = from(span, p, block);
        int to = to(span, p, block);
        Lanes.put(scratch, state + SHRINK, UNCHANGED);
        if (from >= to) {
            return;
        }
        long scores = scoresAt(kv, index);
        float here = AttentionSums.scores(scratch, scores, biasAt(kv), span.scale, span.softcap, from, to);
        float before = Lanes.float32(scratch, state + LARGEST);
        float now = Math.max(before, here);
        if (now == Float.NEGATIVE_INFINITY) {
            return;
        }
        float shrink = before == now ? 1 : before == Float.NEGATIVE_INFINITY ? 0 : (float) Math.exp(before - now);
        VectorMath.exponentials(scratch, scores, BLOCK, now, SUMS);
        float sum = Lanes.sum(scratch, SUMS);
        Lanes.put(scratch, state + LARGEST, now);
        Lanes.put(scratch, state + SUM, Math.fma(Lanes.float32(scratch, state + SUM), shrink, sum));
        Lanes.put(scratch, state + SHRINK, shrink);
    }

    private static void values(AttentionSpan span, int p, int index, int block) {
        KvBlocks kv = span.kv;
        float shrink = Lanes.float32(span.scratch, stateAt(kv, index) + SHRINK);
        if (shrink != UNCHANGED) {
            AttentionSums.addValues(
                    span.scratch,
                    valueAt(kv, 0),
                    padded(kv.valueDim()),
                    scoresAt(kv, index),
                    from(span, p, block),
                    to(span, p, block),
                    span.out,
                    outAt(span, p),
                    kv.valueDim(),
                    shrink);
        }
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
        RowFormat keys = kv.dtype() == DType.F16 ? DOT_HALVES : kv.dtype() == DType.BF16 ? DOT_BRAINS : DOT;
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

    private static long outAt(AttentionSpan span, int p) {
        long row = (long) (p / span.heads) * span.outRowStride;
        return span.outOffset + 4L * (row + (long) (p % span.heads) * span.kv.valueDim());
    }
}

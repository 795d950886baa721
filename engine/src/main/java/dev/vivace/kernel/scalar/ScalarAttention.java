package dev.vivace.kernel.scalar;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Softmax attention, slot after slot in one pass (Milakov and Gimelshein 2018, algorithm 3): the largest score
/// so far is kept, and what was summed is scaled down when a larger one comes.
final class ScalarAttention {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    private ScalarAttention() {}

    static void attend(AttentionSpan span) {
        int valueDim = span.kv.valueDim();
        for (int r = 0; r < span.rows; r++) {
            for (int h = 0; h < span.heads; h++) {
                long out = span.outOffset + 4L * ((long) r * span.outRowStride + (long) h * valueDim);
                float lse = head(span, span.row + r, span.head + h, out);
                span.lse.set(F32, span.lseOffset + 4L * ((long) r * span.lseRowStride + h), lse);
            }
        }
    }

    /// One row of one head; returns the log of the sum of exponentials.
    private static float head(AttentionSpan span, int row, int head, long out) {
        KvBlocks kv = span.kv;
        int dim = kv.valueDim();
        long query = span.queries.offset(row) + 4L * head * kv.keyDim();
        for (int d = 0; d < dim; d++) {
            span.out.set(F32, out + 4L * d, 0);
        }
        float largest = Float.NEGATIVE_INFINITY;
        float sum = 0;
        for (int run = span.runFrom; run < span.runTo; run++) {
            int from = Math.max(span.runStart[run], span.from[row]);
            int to = Math.min(span.runStart[run] + span.runLength[run], span.to[row]);
            for (int slot = from; slot < to; slot++) {
                float score = score(span.queries.data(), query, kv, span.kvHead, slot, span.scale, span.softcap)
                        + span.runLogWeight[run];
                if (score == Float.NEGATIVE_INFINITY) {
                    continue;
                }
                if (score > largest) {
                    float shrink = (float) Math.exp(largest - score);
                    largest = score;
                    sum *= shrink;
                    scale(span.out, out, dim, shrink);
                }
                float weight = (float) Math.exp(score - largest);
                sum += weight;
                addValue(span, slot, weight, out);
            }
        }
        if (sum == 0) {
            return Float.NEGATIVE_INFINITY;
        }
        scale(span.out, out, dim, 1 / sum);
        return largest + (float) Math.log(sum);
    }

    static float score(
            MemorySegment queries, long query, KvBlocks kv, int kvHead, int slot, float scale, float softcap) {
        int page = slot / kv.pageTokens();
        MemorySegment keys = kv.segment(page);
        int dim = kv.keyDim();
        long key = kv.keys(page, kvHead)
                + (long) (slot % kv.pageTokens()) * dim * kv.dtype().blockBytes();
        float sum = 0;
        for (int d = 0; d < dim; d++) {
            sum += queries.get(F32, query + 4L * d) * element(kv.dtype(), keys, key, d);
        }
        float score = scale * sum;
        return softcap == 0 ? score : ScalarRows.softcap(score, softcap);
    }

    private static void addValue(AttentionSpan span, int slot, float weight, long out) {
        KvBlocks kv = span.kv;
        int page = slot / kv.pageTokens();
        MemorySegment values = kv.segment(page);
        int dim = kv.valueDim();
        long value = kv.values(page, span.kvHead)
                + (long) (slot % kv.pageTokens()) * dim * kv.dtype().blockBytes();
        for (int d = 0; d < dim; d++) {
            long at = out + 4L * d;
            span.out.set(F32, at, span.out.get(F32, at) + weight * element(kv.dtype(), values, value, d));
        }
    }

    private static void scale(MemorySegment out, long offset, int n, float factor) {
        for (int d = 0; d < n; d++) {
            out.set(F32, offset + 4L * d, out.get(F32, offset + 4L * d) * factor);
        }
    }

    private static float element(DType dtype, MemorySegment segment, long row, int d) {
        if (dtype == DType.F32) {
            return segment.get(F32, row + 4L * d);
        }
        short bits = segment.get(F16, row + 2L * d);
        return dtype == DType.F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }

    /// See [dev.vivace.kernel.Kernels#merge].
    static void merge(
            MemorySegment out,
            long outOffset,
            MemorySegment lse,
            long lseOffset,
            MemorySegment out2,
            long out2Offset,
            MemorySegment lse2,
            long lse2Offset,
            int n) {
        float a = lse.get(F32, lseOffset);
        float b = lse2.get(F32, lse2Offset);
        if (b == Float.NEGATIVE_INFINITY) {
            return;
        }
        if (a == Float.NEGATIVE_INFINITY) {
            MemorySegment.copy(out2, out2Offset, out, outOffset, 4L * n);
            lse.set(F32, lseOffset, b);
            return;
        }
        double both = Math.max(a, b) + Math.log1p(Math.exp(-Math.abs((double) a - b)));
        float keep = (float) Math.exp(a - both);
        float take = (float) Math.exp(b - both);
        for (int i = 0; i < n; i++) {
            float merged = keep * out.get(F32, outOffset + 4L * i) + take * out2.get(F32, out2Offset + 4L * i);
            out.set(F32, outOffset + 4L * i, merged);
        }
        lse.set(F32, lseOffset, (float) both);
    }
}

package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The scratch of [VectorAttention] and what brings a block of slots into it.
///
/// After [Lanes#TABLE] bytes for dot products: keys `[BLOCK, padded keyDim]`, values likewise, biases
/// `[BLOCK]`, scores `[PAIRS, BLOCK]`, then for each pair its state.
final class AttentionStage {
    /// Slots of a block; a multiple of every lane count.
    static final int BLOCK = 32;

    /// Pairs of row and head that share a staged block; more are done in turns.
    static final int PAIRS = 64;

    /// Of a pair's state: the largest score so far, the sum of exponentials, and the factor on what was summed
    /// before the block at hand.
    static final int LARGEST = 0;

    static final int SUM = 4;
    static final int SHRINK = 8;

    /// In place of the factor, when the block adds nothing.
    static final float UNCHANGED = -1;

    private static final Bf16Rows BRAINS = new Bf16Rows();
    private static final int STATE = 12;
    private static final int KEYS = Lanes.TABLE;

    private AttentionStage() {}

    static long bytes(int headDim) {
        return KEYS + 4L * (2 * BLOCK * padded(headDim) + BLOCK + PAIRS * BLOCK) + (long) STATE * PAIRS;
    }

    static long keyAt(KvBlocks kv, int s) {
        return KEYS + 4L * s * padded(kv.keyDim());
    }

    static long valueAt(KvBlocks kv, int s) {
        return keyAt(kv, BLOCK) + 4L * s * padded(kv.valueDim());
    }

    static long biasAt(KvBlocks kv) {
        return valueAt(kv, BLOCK);
    }

    static long scoresAt(KvBlocks kv, int index) {
        return biasAt(kv) + 4L * BLOCK * (1 + index);
    }

    static long stateAt(KvBlocks kv, int index) {
        return scoresAt(kv, PAIRS) + (long) STATE * index;
    }

    static int padded(int dim) {
        return Matrix.strideOf(dim);
    }

    /// Brings the block's slots in `[from, to)` to f32, and what is to be added to each score. Slots outside
    /// the runs are 0 and add minus infinity, so that no later loop has to leave them out.
    static void stage(AttentionSpan span, int run, int block, int from, int to) {
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
            }
            load(span, block, begin, end);
            done = Math.max(done, end);
        }
        for (int slot = done; slot < to; slot++) {
            clear(span, slot - block);
        }
    }

    private static void clear(AttentionSpan span, int s) {
        KvBlocks kv = span.kv;
        zero(span.scratch, keyAt(kv, s), padded(kv.keyDim()));
        zero(span.scratch, valueAt(kv, s), padded(kv.valueDim()));
    }

    private static void zero(MemorySegment target, long at, int n) {
        for (int d = 0; d < n; d += L) {
            FloatVector.zero(F).intoMemorySegment(target, at + 4L * d, LE);
        }
    }

    /// Brings the slots `[from, to)` to f32; a page's slots lie one after another, so where the scratch has no
    /// padding they go in one sweep.
    private static void load(AttentionSpan span, int block, int from, int to) {
        KvBlocks kv = span.kv;
        int slot = from;
        while (slot < to) {
            int page = slot / kv.pageTokens();
            int count = Math.min(to, (page + 1) * kv.pageTokens()) - slot;
            int s = slot - block;
            load(kv, page, slot, count, kv.keys(page, span.kvHead), kv.keyDim(), span.scratch, keyAt(kv, s));
            load(kv, page, slot, count, kv.values(page, span.kvHead), kv.valueDim(), span.scratch, valueAt(kv, s));
            slot += count;
        }
    }

    private static void load(
            KvBlocks kv, int page, int slot, int count, long matrix, int dim, MemorySegment scratch, long to) {
        long step = (long) dim * kv.dtype().blockBytes();
        long from = matrix + slot % kv.pageTokens() * step;
        MemorySegment source = kv.segment(page);
        if (padded(dim) == dim) {
            toFloats(kv.dtype(), source, from, scratch, to, count * dim);
            return;
        }
        for (int i = 0; i < count; i++) {
            toFloats(kv.dtype(), source, from + i * step, scratch, to + 4L * i * padded(dim), dim);
        }
    }

    private static void toFloats(DType dtype, MemorySegment source, long from, MemorySegment target, long to, int n) {
        if (dtype == DType.F16) {
            VectorRows.loadHalves(source, from, target, to, n);
        } else if (dtype == DType.BF16) {
            BRAINS.decode(source, from, n, target, to);
        } else {
            MemorySegment.copy(source, from, target, to, 4L * n);
        }
    }
}

package dev.vivace.kernel.x86.attention;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Softmax attention over spans of the cache, in blocks of 64 slots that begin at multiples of 64 (Milakov and
/// Gimelshein 2018, algorithm 3, a block at a time).
///
/// Two kernels do the same sums in the same order, so that their bits agree: one for a single query row, in which
/// lanes are slots and then dimensions ([DecodeEmitter]), and one for many pairs of row and head, in which lanes
/// are pairs ([TileEmitter]). Which one runs depends on the number of pairs and changes no bits.
public final class AttentionKernels {
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    /// Tiles of fewer pairs go row by row.
    private static final int FEW_PAIRS = 8;

    /// How a cache may store elements.
    private static final DType[] STORED = {DType.F16, DType.F32, DType.BF16};

    private final Kernel[][] rows = new Kernel[STORED.length][];
    private final Kernel[][] tiles = new Kernel[STORED.length][];
    private final Kernel[] scores = new Kernel[STORED.length];
    private final Kernel merge;
    private final int lanes;

    /// @param target what may be emitted
    public AttentionKernels(Target target) {
        lanes = target.lanes();
        merge = new Kernel(() -> MergeEmitter.emit(target));
        for (int i = 0; i < STORED.length; i++) {
            DType dtype = STORED[i];
            rows[i] = new Kernel[DecodeEmitter.mostHeads(target)];
            for (int heads = 1; heads <= rows[i].length; heads++) {
                int count = heads;
                rows[i][heads - 1] = new Kernel(() -> DecodeEmitter.emit(target, dtype, count));
            }
            tiles[i] = new Kernel[TileEmitter.MOST_VECTORS];
            for (int vectors = 1; vectors <= tiles[i].length; vectors++) {
                int count = vectors;
                tiles[i][vectors - 1] = new Kernel(() -> TileEmitter.emit(target, dtype, count));
            }
            scores[i] = new Kernel(() -> ScoresEmitter.emit(target, dtype));
        }
    }

    private static int stored(DType dtype) {
        for (int i = 0; i < STORED.length; i++) {
            if (STORED[i] == dtype) {
                return i;
            }
        }
        throw new AssertionError("no cache holds " + dtype);
    }

    /// Bytes of scratch that a worker brings for heads of up to `headDim` elements.
    public long scratchBytes(int headDim) {
        return SpanScratch.bytes(headDim);
    }

    /// See [dev.vivace.kernel.Kernels#attend].
    public void attend(AttentionSpan span) {
        say(span);
        int stored = stored(span.kv.dtype());
        int pairs = span.rows * span.heads;
        if (span.rows == 1 || pairs < FEW_PAIRS) {
            for (int row = 0; row < span.rows; row++) {
                row(span, row, rows[stored]);
            }
            return;
        }
        int most = tiles[stored].length * lanes;
        for (int pair = 0; pair < pairs; pair += most) {
            int count = Math.min(most, pairs - pair);
            tile(span, pair, count, tiles[stored][(count + lanes - 1) / lanes - 1]);
        }
    }

    /// What all calls for a span say.
    private static void say(AttentionSpan span) {
        MemorySegment scratch = span.scratch;
        KvBlocks kv = span.kv;
        int keys = SpanScratch.padded(kv.keyDim());
        int values = SpanScratch.padded(kv.valueDim());
        int dim = Math.max(keys, values);
        long address = scratch.address();
        assert scratch.isNative() && scratch.byteSize() >= SpanScratch.bytes(dim) : "scratch=" + scratch;
        scratch.set(I64, SpanScratch.QUERY_ROW, 4L * span.queries.stride());
        scratch.set(I64, SpanScratch.QUERY_HEAD, 4L * kv.keyDim());
        scratch.set(I64, SpanScratch.OUT_ROW, 4L * span.outRowStride);
        scratch.set(I64, SpanScratch.OUT_HEAD, 4L * kv.valueDim());
        scratch.set(I64, SpanScratch.LSE_ROW, 4L * span.lseRowStride);
        scratch.set(I64, SpanScratch.HEADS, span.heads);
        scratch.set(I64, SpanScratch.KEY_DIM, kv.keyDim());
        scratch.set(I64, SpanScratch.VALUE_DIM, kv.valueDim());
        scratch.set(I64, SpanScratch.KEY_PADDED, keys);
        scratch.set(I64, SpanScratch.VALUE_PADDED, values);
        scratch.set(F32, SpanScratch.SCALE_F32, span.scale);
        scratch.set(F32, SpanScratch.SOFTCAP_F32, span.softcap);
        scratch.set(I64, SpanScratch.KEYS, address + SpanScratch.at(0, dim));
        scratch.set(I64, SpanScratch.VALUES, address + SpanScratch.at(1, dim));
        scratch.set(I64, SpanScratch.TURNED, address + SpanScratch.at(2, dim));
        scratch.set(I64, SpanScratch.SUMS, address + SpanScratch.at(3, dim));
        scratch.set(I64, SpanScratch.NOWHERE, address + SpanScratch.at(6, dim));
        for (int i = 0; i < SpanScratch.BLOCK / 2; i++) {
            scratch.set(I64, SpanScratch.NO_BIAS + 8L * i, 0);
        }
    }

    /// Where the queries, outputs and sums of row `row` of the tile begin, and the head `head`, begin.
    private static void place(AttentionSpan span, int row, int head) {
        MemorySegment scratch = span.scratch;
        KvBlocks kv = span.kv;
        long query = span.queries.offset(span.row + row) + 4L * (span.head + head) * kv.keyDim();
        long out = span.outOffset + 4L * ((long) row * span.outRowStride + (long) head * kv.valueDim());
        long lse = span.lseOffset + 4L * ((long) row * span.lseRowStride + head);
        scratch.set(I64, SpanScratch.QUERIES, span.queries.data().address() + query);
        scratch.set(I64, SpanScratch.OUT, span.out.address() + out);
        scratch.set(I64, SpanScratch.LSE, span.lse.address() + lse);
    }

    private static void row(AttentionSpan span, int row, Kernel[] kernels) {
        int lowest = span.from[span.row + row];
        int highest = span.to[span.row + row];
        for (int head = 0; head < span.heads; head += kernels.length) {
            place(span, row, head);
            SpanBlocks.run(span, kernels[Math.min(kernels.length, span.heads - head) - 1], lowest, highest);
        }
    }

    /// `count` pairs from pair `first` on; pair `p` is row `p / heads`, head `p % heads` of the tile.
    private static void tile(AttentionSpan span, int first, int count, Kernel kernel) {
        MemorySegment scratch = span.scratch;
        int from = first / span.heads;
        int to = (first + count - 1) / span.heads + 1;
        int lowest = Integer.MAX_VALUE;
        int highest = 0;
        for (int row = from; row < to; row++) {
            int at = span.row + row;
            int rowFrom = span.from[at];
            int rowTo = span.to[at];
            lowest = Math.min(lowest, rowFrom);
            highest = Math.max(highest, rowTo);
            scratch.set(ValueLayout.JAVA_INT, SpanScratch.ROW_FROM + 4L * (row - from), rowFrom);
            scratch.set(ValueLayout.JAVA_INT, SpanScratch.ROW_TO + 4L * (row - from), rowTo);
        }
        place(span, from, 0);
        scratch.set(I64, SpanScratch.HEAD, first % span.heads);
        scratch.set(I64, SpanScratch.COUNT, count);
        SpanBlocks.run(span, kernel, lowest, highest);
    }

    /// See [dev.vivace.kernel.Kernels#mergeHeads].
    public void merge(
            MemorySegment out,
            long outOffset,
            MemorySegment lse,
            long lseOffset,
            MemorySegment out2,
            long out2Offset,
            MemorySegment lse2,
            long lse2Offset,
            int heads,
            int n) {
        merge.call(
                out.address() + outOffset,
                lse.address() + lseOffset,
                out2.address() + out2Offset,
                lse2.address() + lse2Offset,
                n,
                heads);
    }

    /// See [dev.vivace.kernel.Kernels#scores].
    public void scores(
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
            long offset) {
        Kernel kernel = scores[stored(kv.dtype())];
        int dim = kv.keyDim();
        long query = queries.data().address() + queries.offset(row) + 4L * head * dim;
        long factors = Float.floatToRawIntBits(scale) & 0xFFFFFFFFL | (long) Float.floatToRawIntBits(softcap) << 32;
        int slot = from;
        while (slot < to) {
            int page = slot / kv.pageTokens();
            int count = Math.min(to, (page + 1) * kv.pageTokens()) - slot;
            long key = kv.segment(page).address()
                    + kv.keys(page, kvHead)
                    + (long) (slot % kv.pageTokens()) * dim * kv.dtype().blockBytes();
            kernel.call(query, key, count, dim, out.address() + offset + 4L * (slot - from), factors);
            slot += count;
        }
    }
}

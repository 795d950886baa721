package dev.vivace.kernel;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// The arguments of one piece of attention work, reused by one worker: a tile of query rows of one group of
/// heads over some runs of slots, all inside one span of slots. Fields are plain so that filling them costs
/// nothing.
///
/// For row `r` in `[row, row + rows)` and head `h` in `[head, head + heads)` the slots are those of all runs,
/// in order, that lie in `[from[r], to[r])`; score `= softcap(scale * dot(q, key)) + logWeight[run]` where
/// `softcap(s) = c * tanh(s / c)`, `c > 0`.
public final class AttentionSpan {
    /// Queries `[rows of the step, heads * keyDim]`.
    public Matrix queries;
    /// First query row of the tile.
    public int row;
    /// Query rows in the tile.
    public int rows;
    /// First query head of the group.
    public int head;
    /// Query heads in the group; all read key-value head [#kvHead].
    public int heads;
    /// Keys and values.
    public KvBlocks kv;
    /// The key-value head.
    public int kvHead;
    /// Factor on the dot product.
    public float scale;
    /// Cap of the scores; 0 for none.
    public float softcap;
    /// Per row of the step: first slot it may read.
    public int[] from;
    /// Per row of the step: one past the last slot it may read.
    public int[] to;
    /// First slot of each run; runs are sorted and disjoint.
    public int[] runStart;
    /// Slots of each run.
    public int[] runLength;
    /// Added to every score of the run.
    public float[] runLogWeight;
    /// First run that counts, and one past the last.
    public int runFrom, runTo;
    /// Where normalised outputs go: row `r`, head `h` at `out` byte `outOffset + 4 * ((r - row) * outRowStride
    /// + (h - head) * valueDim)`.
    public MemorySegment out;
    /// Byte offset in [#out].
    public long outOffset;
    /// f32 elements from one row's outputs to the next.
    public int outRowStride;
    /// Where the natural log of each sum of exponentials goes: `lseOffset + 4 * ((r - row) * lseRowStride + (h
    /// - head))`; minus infinity where no slot was read (the output is then 0).
    public MemorySegment lse;
    /// Byte offset in [#lse].
    public long lseOffset;
    /// f32 elements from one row's sums to the next.
    public int lseRowStride;
    /// The worker's scratch, [Kernels#scratchBytes] long.
    public MemorySegment scratch;

    /// Empty arguments.
    public AttentionSpan() {
        queries = NOTHING;
        kv = NO_BLOCKS;
        from = NONE;
        to = NONE;
        runStart = NONE;
        runLength = NONE;
        runLogWeight = NO_WEIGHTS;
        out = MemorySegment.NULL;
        lse = MemorySegment.NULL;
        scratch = MemorySegment.NULL;
    }

    private static final int[] NONE = {};
    private static final float[] NO_WEIGHTS = {};
    private static final Matrix NOTHING = new Matrix(MemorySegment.NULL, 0, 0, 0);
    private static final KvBlocks NO_BLOCKS = new KvBlocks(0, 0, 0, dev.vivace.tensor.DType.F32, 1);
}

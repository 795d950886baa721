package dev.vivace.seam;

import java.util.Arrays;

/// Which slots rows read, filled by an [Attention] part: *tiles* of rows and a head, each with sorted, disjoint
/// *runs* of slots. A selection only narrows what the model's own mask allows. Rows and heads without a tile
/// read all that the mask allows; a row and head stands in at most one tile. Reused buffers.
public final class Selection {
    /// Stands for all heads.
    public static final int ALL_HEADS = -1;

    private int[] tileFrom = new int[16];
    private int[] tileTo = new int[16];
    private int[] tileHead = new int[16];
    private int[] tileRuns = new int[17];
    private boolean[] tileRenumber = new boolean[16];
    private int tiles;
    private int[] starts = new int[64];
    private int[] lengths = new int[64];
    private float[] logWeights = new float[64];
    private int runs;

    /// An empty selection.
    public Selection() {}

    /// Forgets all tiles.
    public void clear() {
        tiles = 0;
        runs = 0;
    }

    /// Begins a tile: rows `[from, to)` of the [Rows] handed over, all of one sequence, query head `head` or
    /// [#ALL_HEADS].
    public void tile(int from, int to, int head) {
        if (to <= from) {
            throw new IllegalArgumentException("tile of rows [" + from + ", " + to + ")");
        }
        if (tiles == tileFrom.length) {
            int capacity = tiles * 2;
            tileFrom = Arrays.copyOf(tileFrom, capacity);
            tileTo = Arrays.copyOf(tileTo, capacity);
            tileHead = Arrays.copyOf(tileHead, capacity);
            tileRenumber = Arrays.copyOf(tileRenumber, capacity);
            tileRuns = Arrays.copyOf(tileRuns, capacity + 1);
        }
        tileFrom[tiles] = from;
        tileTo[tiles] = to;
        tileHead[tiles] = head;
        tileRenumber[tiles] = false;
        tileRuns[tiles++] = runs;
        tileRuns[tiles] = runs;
    }

    /// Adds slots `[start, start + length)` to the tile begun last.
    public void run(int start, int length) {
        run(start, length, 0);
    }

    /// Adds slots whose scores are raised by `logWeight` (a slot that stands for n others has ln n).
    public void run(int start, int length, float logWeight) {
        if (tiles == 0
                || length <= 0
                || start < 0
                || start > Integer.MAX_VALUE - length
                || (tileRuns[tiles - 1] < runs && start < end(runs - 1))) {
            throw new IllegalArgumentException("run of slots [" + start + ", " + (start + length)
                    + ") is empty, outside a tile or not after the run before");
        }
        if (runs == starts.length) {
            starts = Arrays.copyOf(starts, runs * 2);
            lengths = Arrays.copyOf(lengths, runs * 2);
            logWeights = Arrays.copyOf(logWeights, runs * 2);
        }
        starts[runs] = start;
        lengths[runs] = length;
        logWeights[runs++] = logWeight;
        tileRuns[tiles] = runs;
    }

    /// Gives the tile's slots consecutive positions from 0, and each of its rows that of the last slot it
    /// reads. Needs [KeyForm#RAW].
    public void renumber() {
        tileRenumber[tiles - 1] = true;
    }

    private int end(int run) {
        return starts[run] + lengths[run];
    }

    /// Tiles.
    public int tiles() {
        return tiles;
    }

    /// First row of tile `tile`.
    public int from(int tile) {
        return tileFrom[tile];
    }

    /// One past the last row of tile `tile`.
    public int to(int tile) {
        return tileTo[tile];
    }

    /// Query head of tile `tile`, or [#ALL_HEADS].
    public int head(int tile) {
        return tileHead[tile];
    }

    /// Whether tile `tile` has its positions given anew.
    public boolean renumbered(int tile) {
        return tileRenumber[tile];
    }

    /// First run of tile `tile`; its last is before that of `tile + 1`.
    public int firstRun(int tile) {
        return tileRuns[tile];
    }

    /// First slot of run `run`.
    public int start(int run) {
        return starts[run];
    }

    /// Slots of run `run`.
    public int length(int run) {
        return lengths[run];
    }

    /// Added to the scores of run `run`.
    public float logWeight(int run) {
        return logWeights[run];
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import java.util.Arrays;

/// The flat list of work of one layer's attention, in columns, reused: *tiles* of rows that read the same runs
/// of slots, each cut into *pieces* at fixed multiples of [#SPAN] slots.
final class AttentionTiles {
    /// Slots of a span: partial results of spans merge in order.
    static final int SPAN = 512;

    private final RunList runs = new RunList();
    private final RunList sources = new RunList();
    private int[] tileRow = new int[16];
    private int[] tileRows = new int[16];
    private int[] tileHead = new int[16];
    private int[] tileSourceFrom = new int[16];
    private int[] tileSourceTo = new int[16];
    private int[] tilePieces = new int[17];
    private KvBlocks[] tileBlocks = new KvBlocks[16];
    private int tiles;
    private int[] pieceRuns = new int[33];
    private int pieces;

    void clear() {
        tiles = 0;
        pieces = 0;
        runs.clear();
        sources.clear();
        pieceRuns[0] = 0;
        tilePieces[0] = 0;
    }

    int tiles() {
        return tiles;
    }

    int row(int tile) {
        return tileRow[tile];
    }

    int rows(int tile) {
        return tileRows[tile];
    }

    /// Query head, or [Selection#ALL_HEADS].
    int head(int tile) {
        return tileHead[tile];
    }

    /// Whether the tile's slots stand for others, [#sources], that are to be copied together and given
    /// positions anew.
    boolean renumbered(int tile) {
        return tileSourceTo[tile] > tileSourceFrom[tile];
    }

    /// The slots that renumbered tiles really read.
    RunList sources() {
        return sources;
    }

    int firstSource(int tile) {
        return tileSourceFrom[tile];
    }

    int lastSource(int tile) {
        return tileSourceTo[tile];
    }

    int firstPiece(int tile) {
        return tilePieces[tile];
    }

    int pieces(int tile) {
        return tilePieces[tile + 1] - tilePieces[tile];
    }

    /// Slots of a piece.
    int slots(int piece) {
        int slots = 0;
        for (int run = pieceRuns[piece]; run < pieceRuns[piece + 1]; run++) {
            slots += runs.length[run];
        }
        return slots;
    }

    int firstRun(int piece) {
        return pieceRuns[piece];
    }

    RunList runs() {
        return runs;
    }

    KvBlocks blocks(int tile) {
        return tileBlocks[tile];
    }

    void blocks(int tile, KvBlocks blocks) {
        tileBlocks[tile] = blocks;
    }

    /// Begins a tile of rows `[from, to)`; [#finish] ends it.
    void begin(int from, int to, int head) {
        if (tiles == tileRow.length) {
            int capacity = tiles * 2;
            tileRow = Arrays.copyOf(tileRow, capacity);
            tileRows = Arrays.copyOf(tileRows, capacity);
            tileHead = Arrays.copyOf(tileHead, capacity);
            tileSourceFrom = Arrays.copyOf(tileSourceFrom, capacity);
            tileSourceTo = Arrays.copyOf(tileSourceTo, capacity);
            tilePieces = Arrays.copyOf(tilePieces, capacity + 1);
            tileBlocks = Arrays.copyOf(tileBlocks, capacity);
        }
        tileRow[tiles] = from;
        tileRows[tiles] = to - from;
        tileHead[tiles] = head;
        tileSourceFrom[tiles] = sources.count;
        tileSourceTo[tiles] = sources.count;
    }

    /// Adds slots `[from, to)` to the tile begun, cut at multiples of [#SPAN].
    void span(int from, int to, float weight) {
        int at = from;
        while (at < to) {
            int end = Math.min(to, (at / SPAN + 1) * SPAN);
            boolean opens = pieces == tilePieces[tiles] || runs.start[runs.count - 1] / SPAN != at / SPAN;
            if (opens) {
                if (pieces + 1 == pieceRuns.length) {
                    pieceRuns = Arrays.copyOf(pieceRuns, pieceRuns.length * 2);
                }
                pieceRuns[pieces++] = runs.count;
            }
            runs.add(at, end, weight, pieceRuns[pieces - 1]);
            pieceRuns[pieces] = runs.count;
            at = end;
        }
    }

    void finish() {
        if (pieces == tilePieces[tiles]) {
            if (pieces + 1 == pieceRuns.length) {
                pieceRuns = Arrays.copyOf(pieceRuns, pieceRuns.length * 2);
            }
            pieceRuns[pieces++] = runs.count;
            pieceRuns[pieces] = runs.count;
        }
        tileSourceTo[tiles] = sources.count;
        tilePieces[++tiles] = pieces;
    }

    /// Adds `slots` to the tile begun and ends it.
    void spans(RunList slots) {
        for (int run = 0; run < slots.count; run++) {
            span(slots.start[run], slots.end(run), slots.logWeight[run]);
        }
        finish();
    }

    /// Adds the slots of `joined`, numbered from 0, to the tile begun and ends it: [#sources] has what they
    /// stand for.
    void renumbered(RunList joined) {
        int slots = 0;
        for (int run = 0; run < joined.count; run++) {
            sources.add(joined.start[run], joined.end(run), joined.logWeight[run], tileSourceFrom[tiles]);
            span(slots, slots + joined.length[run], joined.logWeight[run]);
            slots += joined.length[run];
        }
        finish();
    }
}

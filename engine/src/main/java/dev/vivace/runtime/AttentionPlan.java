package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.seam.Selection;
import java.util.Arrays;
import java.util.List;

/// One layer's attention as a flat list of work: *tiles* of rows that read the same runs of slots, each cut
/// into *pieces* at fixed multiples
/// of [#SPAN] slots. Where a cut falls depends on slot numbers alone, so a row's bits do not depend on who else
/// is in the step.
final class AttentionPlan {
    /// Slots of a span: partial results of spans merge in order.
    static final int SPAN = 512;
    /// Rows of a tile that share one pass over the keys.
    static final int TILE_ROWS = 16;

    private final RunList runs = new RunList();
    private final RunList sources = new RunList();
    private final RunList mask = new RunList();
    private final RunList chosen = new RunList();
    private final RunList joined = new RunList();
    private final RunList numbered = new RunList();

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

    private boolean[] covered = new boolean[32];
    private boolean[] touched = new boolean[32];

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

    /// Plans the rows of a layer; `selections` narrow what `masks` allows.
    void plan(LiveRows rows, int layer, int heads, ModelMask masks, List<Selection> selections) {
        tiles = 0;
        pieces = 0;
        runs.clear();
        sources.clear();
        pieceRuns[0] = 0;
        tilePieces[0] = 0;
        if (selections.isEmpty()) {
            plain(rows, layer, masks, 0, rows.count());
            return;
        }
        if (rows.count() * heads > covered.length) {
            covered = new boolean[Math.max(rows.count() * heads, covered.length * 2)];
        }
        if (rows.count() > touched.length) {
            touched = new boolean[Math.max(rows.count(), touched.length * 2)];
        }
        Arrays.fill(covered, 0, rows.count() * heads, false);
        Arrays.fill(touched, 0, rows.count(), false);
        for (Selection selection : selections) {
            for (int tile = 0; tile < selection.tiles(); tile++) {
                selected(rows, layer, heads, masks, selection, tile);
            }
        }
        rest(rows, layer, heads, masks);
    }

    /// Rows `[first, last)` with nothing but the model's mask.
    private void plain(LiveRows rows, int layer, ModelMask masks, int first, int last) {
        int row = first;
        while (row < last) {
            int end = row + 1;
            if (masks.simple(row) && rows.phase(row).isPrefill()) {
                while (end < last && end - row < TILE_ROWS && follows(rows, masks, end)) {
                    end++;
                }
            }
            if (masks.simple(row)) {
                begin(row, end, Selection.ALL_HEADS);
                span(masks.from()[row], masks.to()[end - 1], 0);
                finish();
            } else {
                mask.clear();
                masks.runs(rows, row, layer, mask);
                emit(rows, row, Selection.ALL_HEADS, masks, mask);
            }
            row = end;
        }
    }

    private static boolean follows(LiveRows rows, ModelMask masks, int row) {
        return masks.simple(row)
                && rows.phase(row).isPrefill()
                && rows.cached(row) == rows.cached(row - 1)
                && rows.slot(row) == rows.slot(row - 1) + 1;
    }

    private void selected(LiveRows rows, int layer, int heads, ModelMask masks, Selection selection, int tile) {
        int from = selection.from(tile);
        int to = selection.to(tile);
        int head = selection.head(tile);
        chosen.clear();
        for (int run = selection.firstRun(tile); run < selection.firstRun(tile + 1); run++) {
            int end = selection.start(run) + selection.length(run);
            chosen.add(selection.start(run), end, selection.logWeight(run), 0);
        }
        boolean simple = true;
        for (int row = from; row < to; row++) {
            cover(row, head, heads);
            simple &= masks.simple(row) && rows.cached(row) == rows.cached(from);
        }
        if (simple && !selection.renumbered(tile)) {
            for (int row = from; row < to; row += TILE_ROWS) {
                shared(row, Math.min(to, row + TILE_ROWS), head, masks);
            }
            return;
        }
        for (int row = from; row < to; row++) {
            mask.clear();
            masks.runs(rows, row, layer, mask);
            joined.clear();
            joined.intersect(chosen, 0, chosen.count, mask, 0, mask.count);
            if (selection.renumbered(tile)) {
                renumber(row, head);
            } else {
                emit(rows, row, head, masks, joined);
            }
        }
    }

    /// One tile for rows `[from, to)`, of the chosen slots that at least one of them may read.
    private void shared(int from, int to, int head, ModelMask masks) {
        int first = masks.from()[from];
        int last = masks.to()[from];
        for (int row = from + 1; row < to; row++) {
            first = Math.min(first, masks.from()[row]);
            last = Math.max(last, masks.to()[row]);
        }
        mask.clear();
        mask.add(first, last, 0, 0);
        joined.clear();
        joined.intersect(chosen, 0, chosen.count, mask, 0, mask.count);
        begin(from, to, head);
        spans(joined);
    }

    private void cover(int row, int head, int heads) {
        touched[row] = true;
        int first = head == Selection.ALL_HEADS ? 0 : head;
        int last = head == Selection.ALL_HEADS ? heads : head + 1;
        for (int h = first; h < last; h++) {
            if (covered[row * heads + h]) {
                throw new IllegalArgumentException("row " + row + " head " + h + " stands in two tiles of a selection");
            }
            covered[row * heads + h] = true;
        }
    }

    /// Rows and heads that no tile names read all that the mask allows.
    private void rest(LiveRows rows, int layer, int heads, ModelMask masks) {
        for (int row = 0; row < rows.count(); row++) {
            if (!touched[row]) {
                plain(rows, layer, masks, row, row + 1);
                continue;
            }
            for (int head = 0; head < heads; head++) {
                if (!covered[row * heads + head]) {
                    mask.clear();
                    masks.runs(rows, row, layer, mask);
                    emit(rows, row, head, masks, mask);
                }
            }
        }
    }

    /// A tile over as many slots as `joined` has, numbered from 0.
    private void renumber(int row, int head) {
        begin(row, row + 1, head);
        int slots = 0;
        for (int run = 0; run < joined.count; run++) {
            sources.add(joined.start[run], joined.end(run), joined.logWeight[run], tileSourceFrom[tiles]);
            span(slots, slots + joined.length[run], joined.logWeight[run]);
            slots += joined.length[run];
        }
        finish();
    }

    /// A tile of one row that reads `slots`, as the cache numbers them.
    private void emit(LiveRows rows, int row, int head, ModelMask masks, RunList slots) {
        begin(row, row + 1, head);
        if (masks.displaced(row)) {
            numbered.clear();
            masks.numbered(rows, row, slots, numbered);
            spans(numbered);
        } else {
            spans(slots);
        }
    }

    private void spans(RunList slots) {
        for (int run = 0; run < slots.count; run++) {
            span(slots.start[run], slots.end(run), slots.logWeight[run]);
        }
        finish();
    }

    private void begin(int from, int to, int head) {
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
    private void span(int from, int to, float weight) {
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

    private void finish() {
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
}

package dev.vivace.runtime;

import dev.vivace.seam.Selection;
import java.util.Arrays;
import java.util.List;

/// One layer's attention as a flat list of work: *tiles* of rows that read the same runs of slots, each cut
/// into *pieces* at fixed multiples of [AttentionTiles#SPAN] slots. Where a cut falls depends on slot numbers
/// alone, so a row's bits do not depend on who else is in the step.
final class AttentionPlan {
    /// Pairs of row and query head of one key-value head that share one pass over the keys.
    private static final int TILE_PAIRS = 48;

    private final AttentionTiles tiles = new AttentionTiles();
    private final RunList mask = new RunList();
    private final RunList chosen = new RunList();
    private final RunList joined = new RunList();
    private final RunList numbered = new RunList();
    private boolean[] covered = new boolean[32];
    private boolean[] touched = new boolean[32];
    private int tileRows = TILE_PAIRS;

    /// The work planned last.
    AttentionTiles tiles() {
        return tiles;
    }

    /// Plans the rows of a layer; `selections` narrow what `masks` allows. `group` query heads share a key-value
    /// head.
    void plan(LiveRows rows, int layer, int heads, int group, ModelMask masks, List<Selection> selections) {
        tiles.clear();
        tileRows = Math.max(1, TILE_PAIRS / group);
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
                while (end < last && end - row < tileRows && follows(rows, masks, end)) {
                    end++;
                }
            }
            if (masks.simple(row)) {
                tiles.begin(row, end, Selection.ALL_HEADS);
                tiles.span(masks.from()[row], masks.to()[end - 1], 0);
                tiles.finish();
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
            for (int row = from; row < to; row += tileRows) {
                shared(row, Math.min(to, row + tileRows), head, masks);
            }
            return;
        }
        for (int row = from; row < to; row++) {
            mask.clear();
            masks.runs(rows, row, layer, mask);
            joined.clear();
            joined.intersect(chosen, 0, chosen.count, mask, 0, mask.count);
            if (selection.renumbered(tile)) {
                tiles.begin(row, row + 1, head);
                tiles.renumbered(joined);
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
        tiles.begin(from, to, head);
        tiles.spans(joined);
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

    /// A tile of one row that reads `slots`, as the cache numbers them.
    private void emit(LiveRows rows, int row, int head, ModelMask masks, RunList slots) {
        tiles.begin(row, row + 1, head);
        if (masks.displaced(row)) {
            numbered.clear();
            masks.numbered(rows, row, slots, numbered);
            tiles.spans(numbered);
        } else {
            tiles.spans(slots);
        }
    }
}

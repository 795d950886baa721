package dev.vivace.runtime;

import dev.vivace.seam.Selection;
import java.util.List;

/// Intersects selections that name the same rows.
final class SelectionJoin {
    private SelectionJoin() {}

    /// What all of `selections` allow, for each row and head that at least one of them names. Renumbering
    /// survives from any of them.
    static Selection join(List<Selection> selections, int rows, int heads) {
        Selection out = new Selection();
        RunList left = new RunList();
        RunList right = new RunList();
        RunList both = new RunList();
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < heads; head++) {
                boolean named = false;
                boolean renumbered = false;
                left.clear();
                left.add(0, Integer.MAX_VALUE, 0, 0);
                for (Selection selection : selections) {
                    int tile = find(selection, row, head);
                    if (tile < 0) {
                        continue;
                    }
                    named = true;
                    renumbered |= selection.renumbered(tile);
                    right.clear();
                    for (int run = selection.firstRun(tile); run < selection.firstRun(tile + 1); run++) {
                        int end = selection.start(run) + selection.length(run);
                        right.add(selection.start(run), end, selection.logWeight(run), 0);
                    }
                    both.clear();
                    both.intersect(left, 0, left.count, right, 0, right.count);
                    RunList swap = left;
                    left = both;
                    both = swap;
                }
                if (named) {
                    write(out, row, head, left, renumbered);
                }
            }
        }
        return out;
    }

    private static void write(Selection out, int row, int head, RunList runs, boolean renumbered) {
        out.tile(row, row + 1, head);
        for (int run = 0; run < runs.count; run++) {
            out.run(runs.start[run], runs.length[run], runs.logWeight[run]);
        }
        if (renumbered) {
            out.renumber();
        }
    }

    private static int find(Selection selection, int row, int head) {
        int found = -1;
        for (int tile = 0; tile < selection.tiles(); tile++) {
            int own = selection.head(tile);
            boolean sameHead = own == Selection.ALL_HEADS || own == head;
            if (sameHead && selection.from(tile) <= row && row < selection.to(tile)) {
                if (found >= 0) {
                    throw new IllegalArgumentException(
                            "row " + row + " head " + head + " stands in two tiles of a selection");
                }
                found = tile;
            }
        }
        return found;
    }
}

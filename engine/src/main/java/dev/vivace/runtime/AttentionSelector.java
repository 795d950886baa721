package dev.vivace.runtime;

import dev.vivace.seam.Attention;
import dev.vivace.seam.Selection;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Asks the [Attention] parts of a step, each once a layer with all rows that have it, and puts their
/// selections in terms of the layer's rows. Where a row has several parts, their selections intersect.
final class AttentionSelector implements AutoCloseable {
    private final List<Group> groups = new ArrayList<>();
    private final List<Selection> selections = new ArrayList<>();
    private int used;

    /// The rows of one part.
    private static final class Group {
        private Attention part;
        private final LiveRows rows;
        private int[] index = new int[32];
        private final Selection own = new Selection();
        private final Selection placed = new Selection();
        private Scratch gathered = new Scratch(1);
        private int gatheredColumns = 1;
        private boolean whole;

        Group(Attention part, LiveRows rows) {
            this.part = part;
            this.rows = rows;
        }
    }

    boolean isUsed() {
        return used > 0;
    }

    int groups() {
        return used;
    }

    Attention part(int group) {
        return groups.get(group).part;
    }

    LiveRows rows(int group) {
        return groups.get(group).rows;
    }

    /// The layer's row that row `row` of group `group` is.
    int index(int group, int row) {
        return groups.get(group).index[row];
    }

    /// The queries of a group's rows.
    Matrix queries(int group, Matrix q) {
        Group of = groups.get(group);
        if (of.whole) {
            return q;
        }
        if (of.gatheredColumns != q.columns()) {
            of.gathered.close();
            of.gathered = new Scratch(q.columns());
            of.gatheredColumns = q.columns();
        }
        Matrix out = of.gathered.rows(of.rows.count());
        for (int row = 0; row < of.rows.count(); row++) {
            MemorySegment.copy(q.data(), q.offset(of.index[row]), out.data(), out.offset(row), 4L * q.columns());
        }
        return out;
    }

    /// The selections of all parts; disjoint in rows and heads. Empty where no row has a part.
    List<Selection> select(LiveRows rows, int layer, Matrix q, int heads) {
        boolean several = group(rows);
        selections.clear();
        for (int i = 0; i < used; i++) {
            Group group = groups.get(i);
            group.own.clear();
            group.part.select(group.rows, layer, queries(i, q), group.own);
            check(group, heads);
            selections.add(group.whole ? group.own : place(group));
        }
        return several ? List.of(SelectionJoin.join(selections, rows.count(), heads)) : selections;
    }

    private static void check(Group group, int heads) {
        for (int tile = 0; tile < group.own.tiles(); tile++) {
            boolean rowsExist = group.own.from(tile) >= 0 && group.own.to(tile) <= group.rows.count();
            if (!rowsExist || group.own.head(tile) < Selection.ALL_HEADS || group.own.head(tile) >= heads) {
                throw new IllegalArgumentException(group.part.getClass().getSimpleName() + " selects for rows ["
                        + group.own.from(tile) + ", " + group.own.to(tile) + ") head " + group.own.head(tile) + " of "
                        + group.rows.count() + " rows and " + heads + " heads");
            }
        }
    }

    /// Sorts rows by part; returns whether a row has more than one.
    private boolean group(LiveRows rows) {
        used = 0;
        boolean several = false;
        for (int i = 0; i < rows.count(); i++) {
            List<Attention> parts = rows.cached(i).parts().attention();
            several |= parts.size() > 1;
            for (int p = 0; p < parts.size(); p++) {
                Group group = find(parts.get(p), rows);
                int at = group.rows.count();
                if (at == group.index.length) {
                    group.index = Arrays.copyOf(group.index, at * 2);
                }
                group.index[at] = i;
                group.rows.add(rows.batchRow(i));
            }
        }
        for (int i = 0; i < used; i++) {
            groups.get(i).whole = groups.get(i).rows.count() == rows.count();
        }
        return several;
    }

    private Group find(Attention part, LiveRows rows) {
        for (int i = 0; i < used; i++) {
            if (groups.get(i).part == part) {
                return groups.get(i);
            }
        }
        if (used == groups.size()) {
            groups.add(new Group(part, rows.others()));
        }
        Group group = groups.get(used++);
        group.part = part;
        group.rows.clear();
        return group;
    }

    /// The group's selection with rows as the layer numbers them.
    private static Selection place(Group group) {
        Selection from = group.own;
        Selection to = group.placed;
        to.clear();
        for (int tile = 0; tile < from.tiles(); tile++) {
            int first = from.from(tile);
            int last = from.to(tile);
            if (group.index[last - 1] - group.index[first] == last - 1 - first) {
                copy(from, tile, to, group.index[first], group.index[last - 1] + 1);
            } else {
                for (int row = first; row < last; row++) {
                    copy(from, tile, to, group.index[row], group.index[row] + 1);
                }
            }
        }
        return to;
    }

    private static void copy(Selection from, int tile, Selection to, int first, int last) {
        to.tile(first, last, from.head(tile));
        for (int run = from.firstRun(tile); run < from.firstRun(tile + 1); run++) {
            to.run(from.start(run), from.length(run), from.logWeight(run));
        }
        if (from.renumbered(tile)) {
            to.renumber();
        }
    }

    @Override
    public void close() {
        groups.forEach(group -> group.gathered.close());
        groups.clear();
    }
}

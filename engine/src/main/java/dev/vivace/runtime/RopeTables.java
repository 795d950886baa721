package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.model.LayerSpec;
import dev.vivace.model.Rope;
import dev.vivace.seam.Selection;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/// Rotary tables of the running step: layers with the same embedding and the same rows share one.
final class RopeTables implements AutoCloseable {
    private final Map<Rope, Entry> entries = new LinkedHashMap<>();

    private static final class Entry {
        private final RopeTable table;
        private long stepId = -1;
        private int wholeBatch = -1;

        Entry(Rope rope) {
            this.table = new RopeTable(rope);
        }
    }

    /// Row `i` of the table turns by the position of row `i` of `rows`.
    RopeTable of(Rope rope, LiveRows rows) {
        Entry entry = entries.get(rope);
        if (entry == null) {
            entry = new Entry(rope);
            entries.put(rope, entry);
        }
        boolean whole = rows.isWholeBatch();
        if (whole && entry.stepId == rows.stepId() && entry.wholeBatch == rows.count()) {
            return entry.table;
        }
        entry.table.begin(rows.count());
        for (int i = 0; i < rows.count(); i++) {
            entry.table.set(i, rows.position(i));
        }
        entry.stepId = rows.stepId();
        entry.wholeBatch = whole ? rows.count() : -1;
        return entry.table;
    }

    /// Writes the queries of row `row` (one head or all) of `plain` to `q`, turned by `position`.
    void turnRow(Matrix plain, Matrix q, int row, int head, LayerSpec shape, int position, Kernels kernels) {
        int first = head == Selection.ALL_HEADS ? 0 : head;
        int heads = head == Selection.ALL_HEADS ? shape.heads() : 1;
        int dim = shape.keyDim();
        try (Arena arena = Arena.ofConfined();
                RopeTable table = new RopeTable(shape.rope())) {
            table.begin(1);
            table.set(0, position);
            Matrix line = Matrix.allocate(arena, 1, heads * dim);
            MemorySegment.copy(plain.data(), plain.offset(row) + 4L * first * dim, line.data(), 0, 4L * heads * dim);
            int rotary = shape.rope().dimensions();
            kernels.rope(line, 0, 1, heads, dim, rotary, shape.rope().style(), table.cos(), table.sin());
            MemorySegment.copy(line.data(), 0, q.data(), q.offset(row) + 4L * first * dim, 4L * heads * dim);
        }
    }

    @Override
    public void close() {
        entries.values().forEach(entry -> entry.table.close());
        entries.clear();
    }
}

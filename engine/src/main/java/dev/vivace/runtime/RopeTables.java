package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Workers;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.model.Rope;
import dev.vivace.seam.Selection;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Rotary tables of the running step: layers with the same embedding and the same rows share one.
final class RopeTables implements AutoCloseable {
    private final Workers workers;
    private final Entry[] layers;

    private static final class Entry {
        private final RopeTable table;
        private final RopeTable turns;
        private long stepId = -1;
        private int wholeBatch = -1;

        Entry(Rope rope) {
            this.table = new RopeTable(rope);
            this.turns = new RopeTable(rope);
        }
    }

    RopeTables(DecoderSpec spec, Workers workers) {
        this.workers = workers;
        Map<Rope, Entry> entries = new HashMap<>();
        this.layers = spec.layers().stream()
                .map(layer -> entries.computeIfAbsent(layer.rope(), Entry::new))
                .toArray(Entry[]::new);
    }

    /// Row `i` of the table of layer `layer` turns by the position of row `i` of `rows`.
    RopeTable of(int layer, LiveRows rows) {
        Entry entry = layers[layer];
        boolean whole = rows.isWholeBatch();
        if (whole && entry.stepId == rows.stepId() && entry.wholeBatch == rows.count()) {
            return entry.table;
        }
        entry.table.set(rows, workers);
        entry.stepId = rows.stepId();
        entry.wholeBatch = whole ? rows.count() : -1;
        return entry.table;
    }

    /// Writes the queries of row `row` (one head or all) of `plain` to `q`, turned by `position`.
    void turnRow(Matrix plain, Matrix q, int row, int head, LayerSpec shape, int position, Kernels kernels) {
        int first = head == Selection.ALL_HEADS ? 0 : head;
        int heads = head == Selection.ALL_HEADS ? shape.heads() : 1;
        int dim = shape.keyDim();
        RopeTable table = turns(shape.rope());
        try (Arena arena = Arena.ofConfined()) {
            table.set(position);
            Matrix line = Matrix.allocate(arena, 1, heads * dim);
            MemorySegment.copy(plain.data(), plain.offset(row) + 4L * first * dim, line.data(), 0, 4L * heads * dim);
            int rotary = shape.rope().dimensions();
            kernels.rope(line, 0, 1, heads, dim, rotary, shape.rope().style(), table.cos(), table.sin());
            MemorySegment.copy(line.data(), 0, q.data(), q.offset(row) + 4L * first * dim, 4L * heads * dim);
        }
    }

    private RopeTable turns(Rope rope) {
        for (Entry entry : layers) {
            if (entry.table.rope().equals(rope)) {
                return entry.turns;
            }
        }
        throw new IllegalArgumentException("no layer turns by " + rope);
    }

    @Override
    public void close() {
        for (Entry entry : layers) {
            entry.table.close();
            entry.turns.close();
        }
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Want;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Hidden states and attention probabilities that rows of the running step asked for. Only steps that ask pay.
final class StepCapture implements AutoCloseable {
    /// Finds the readable pages of a sequence that hold the slots of some runs.
    interface Pages {
        KvBlocks of(CachedSequence sequence, RunList runs);
    }

    private static final MemorySegment[] NOTHING = {};

    private final DecoderSpec spec;
    private final Compute compute;
    private Batch batch = new Batch();
    private MemorySegment[] kept = NOTHING;
    private @Nullable Arena arena;

    StepCapture(DecoderSpec spec, Compute compute) {
        this.spec = spec;
        this.compute = compute;
    }

    @SuppressWarnings("MustBeClosedChecker") // kept, and closed by close()
    void begin(Batch rows) {
        batch = rows;
        close();
        if (rows.captures() > 0) {
            arena = Arena.ofShared();
        }
    }

    /// Room for what is captured, as asked so far (spawned rows may ask late).
    @SuppressWarnings("MustBeClosedChecker") // kept, and closed by close()
    private Arena room() {
        if (kept.length < batch.captures()) {
            int old = kept.length;
            kept = Arrays.copyOf(kept, batch.captures());
            Arrays.fill(kept, old, kept.length, MemorySegment.NULL);
        }
        if (arena == null) {
            arena = Arena.ofShared();
        }
        return arena;
    }

    /// Whether attention probabilities of layer `layer` are wanted.
    boolean wants(int layer) {
        for (int i = 0; i < batch.captures(); i++) {
            if (batch.captureLayer(i) == layer && batch.captureWant(i) != Want.HIDDEN) {
                return true;
            }
        }
        return false;
    }

    /// Copies the states that enter layer `layer`; row `r` of `hidden` is batch row `r`.
    void hidden(int layer, Matrix hidden) {
        for (int i = 0; i < batch.captures(); i++) {
            if (batch.captureLayer(i) == layer && batch.captureWant(i) == Want.HIDDEN) {
                Arena memory = room();
                kept[i] = memory.allocate(4L * spec.width(), Matrix.ALIGNMENT);
                MemorySegment.copy(hidden.data(), hidden.offset(batch.captureRow(i)), kept[i], 0, 4L * spec.width());
            }
        }
    }

    /// Computes the probabilities wanted of layer `layer`, under the model's own mask.
    void scores(LiveRows rows, int layer, LayerSpec shape, Matrix q, ModelMask mask, Pages pages) {
        for (int i = 0; i < batch.captures(); i++) {
            if (batch.captureLayer(i) != layer || batch.captureWant(i) == Want.HIDDEN) {
                continue;
            }
            for (int row = 0; row < rows.count(); row++) {
                if (rows.batchRow(row) == batch.captureRow(i)) {
                    Arena memory = room();
                    MemorySegment target = target(i, rows.cached(row), shape, memory);
                    probabilities(rows, row, layer, shape, q, mask, pages, target);
                }
            }
        }
    }

    /// Where capture `i` adds up: mass is shared by all rows of a sequence and layer that ask.
    private MemorySegment target(int i, CachedSequence sequence, LayerSpec shape, Arena memory) {
        if (batch.captureWant(i) == Want.MASS) {
            for (int j = 0; j < i; j++) {
                boolean same = batch.captureWant(j) == Want.MASS
                        && batch.captureLayer(j) == batch.captureLayer(i)
                        && batch.sequence(batch.captureRow(j)) == sequence;
                if (same && kept[j].byteSize() > 0) {
                    return kept[j];
                }
            }
        }
        kept[i] = memory.allocate(4L * shape.heads() * sequence.length(), Matrix.ALIGNMENT);
        return kept[i];
    }

    private void probabilities(
            LiveRows rows,
            int row,
            int layer,
            LayerSpec shape,
            Matrix q,
            ModelMask mask,
            Pages pages,
            MemorySegment target) {
        CachedSequence sequence = rows.cached(row);
        RunList runs = new RunList();
        mask.runs(rows, row, layer, runs);
        KvBlocks blocks = pages.of(sequence, runs);
        int slots = sequence.length();
        try (Arena local = Arena.ofConfined()) {
            MemorySegment line = local.allocate(4L * slots, Matrix.ALIGNMENT);
            for (int head = 0; head < shape.heads(); head++) {
                double largest = Double.NEGATIVE_INFINITY;
                for (int run = 0; run < runs.count; run++) {
                    compute.kernels()
                            .scores(
                                    q,
                                    row,
                                    head,
                                    blocks,
                                    head / shape.group(),
                                    shape.attentionScale(),
                                    shape.attentionSoftcap(),
                                    runs.start[run],
                                    runs.end(run),
                                    line,
                                    4L * runs.start[run]);
                    for (int slot = runs.start[run]; slot < runs.end(run); slot++) {
                        largest = Math.max(largest, line.getAtIndex(ValueLayout.JAVA_FLOAT, slot));
                    }
                }
                add(runs, line, largest, target, (long) head * slots);
            }
        }
    }

    private static void add(RunList runs, MemorySegment line, double largest, MemorySegment target, long offset) {
        double sum = 0;
        for (int run = 0; run < runs.count; run++) {
            for (int slot = runs.start[run]; slot < runs.end(run); slot++) {
                sum += Math.exp(line.getAtIndex(ValueLayout.JAVA_FLOAT, slot) - largest);
            }
        }
        for (int run = 0; run < runs.count; run++) {
            for (int slot = runs.start[run]; slot < runs.end(run); slot++) {
                double share = Math.exp(line.getAtIndex(ValueLayout.JAVA_FLOAT, slot) - largest) / sum;
                float before = target.getAtIndex(ValueLayout.JAVA_FLOAT, offset + slot);
                target.setAtIndex(ValueLayout.JAVA_FLOAT, offset + slot, (float) (before + share));
            }
        }
    }

    /// What was captured for `row` (or, for mass, for any row of `sequence`).
    MemorySegment find(Want what, int row, @Nullable Sequence sequence, int layer) {
        for (int i = 0; i < Math.min(kept.length, batch.captures()); i++) {
            boolean same =
                    sequence == null ? batch.captureRow(i) == row : batch.sequence(batch.captureRow(i)) == sequence;
            if (batch.captureWant(i) == what && batch.captureLayer(i) == layer && same && kept[i].byteSize() > 0) {
                return kept[i];
            }
        }
        throw new IllegalArgumentException(what + " of row " + row + " in layer " + layer + " was not asked for");
    }

    @Override
    public void close() {
        kept = NOTHING;
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }
}

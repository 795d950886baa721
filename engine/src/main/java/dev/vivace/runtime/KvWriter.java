package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.Workers;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvLayout;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes keys and values of the rows of a step into their caches. Reused.
final class KvWriter implements Workers.Job {
    private final Compute compute;
    private @Nullable LiveRows rows;
    private int layer;
    private Matrix rotated = Scratch.NOTHING;
    private Matrix raw = Scratch.NOTHING;
    private Matrix values = Scratch.NOTHING;

    KvWriter(Compute compute) {
        this.compute = compute;
    }

    /// Stores keys, rotated or raw as each row's sequence wants them, and values.
    void write(LiveRows of, int atLayer, Matrix rotatedKeys, Matrix rawKeys, Matrix newValues) {
        rows = of;
        layer = atLayer;
        rotated = rotatedKeys;
        raw = rawKeys;
        values = newValues;
        if (of.count() == 1) {
            run(0, 1);
        } else {
            compute.workers().run(this);
        }
    }

    @Override
    public void run(int worker, int of) {
        LiveRows all = Objects.requireNonNull(rows);
        int from = (int) ((long) all.count() * worker / of);
        int to = (int) ((long) all.count() * (worker + 1) / of);
        for (int i = from; i < to; i++) {
            CacheLayer cache = all.cached(i).layer(layer);
            Matrix keys = cache.shape().layout().form() == KeyForm.RAW ? raw : rotated;
            store(compute.kernels(), cache.blocks(), all.slot(i), keys, values, i);
        }
    }

    /// Stores row `row` of keys and values in slot `slot`, which is writable.
    static void store(Kernels kernels, KvBlocks blocks, int slot, Matrix keys, Matrix values, int row) {
        int page = slot / KvLayout.PAGE_TOKENS;
        int at = slot % KvLayout.PAGE_TOKENS;
        int bytes = blocks.dtype().blockBytes();
        MemorySegment memory = blocks.segment(page);
        int keyDim = blocks.keyDim();
        int valueDim = blocks.valueDim();
        for (int head = 0; head < blocks.kvHeads(); head++) {
            long key = blocks.keys(page, head) + (long) at * keyDim * bytes;
            kernels.store(keys.data(), keys.offset(row) + 4L * head * keyDim, blocks.dtype(), memory, key, keyDim);
            long value = blocks.values(page, head) + (long) at * valueDim * bytes;
            kernels.store(
                    values.data(), values.offset(row) + 4L * head * valueDim, blocks.dtype(), memory, value, valueDim);
        }
    }
}

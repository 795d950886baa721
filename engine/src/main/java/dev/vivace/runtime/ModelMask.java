package dev.vivace.runtime;

import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Batch;
import java.util.Arrays;

/// What the model itself allows each row to read in a layer: everything before it, as far as the window goes;
/// in a tree only
/// its ancestors; never a slot that the layer did not store.
final class ModelMask {
    private int[] from = new int[32];
    private int[] to = new int[32];
    private boolean[] simple = new boolean[32];
    private int[] ancestors = new int[32];
    private int window;

    /// First slot of row `i`, one past its last: exact if [#simple], else bounds.
    int[] from() {
        return from;
    }

    int[] to() {
        return to;
    }

    /// Whether row `i` reads every slot of `[from, to)`.
    boolean simple(int i) {
        return simple[i];
    }

    void plan(LiveRows rows, int layer, LayerSpec spec) {
        window = spec.window();
        if (rows.count() > from.length) {
            int capacity = Math.max(rows.count(), from.length * 2);
            from = new int[capacity];
            to = new int[capacity];
            simple = new boolean[capacity];
        }
        for (int i = 0; i < rows.count(); i++) {
            CachedSequence sequence = rows.cached(i);
            int slot = rows.slot(i);
            to[i] = slot + 1;
            simple[i] = !sequence.branched() && !sequence.layer(layer).hasAbsent();
            from[i] = window == 0
                    ? 0
                    : sequence.firstSlotFrom(rows.position(i) - window + 1, simple[i] ? slot + 1 : sequence.base());
        }
    }

    /// Adds the slots that row `i` may read.
    void runs(LiveRows rows, int i, int layer, RunList out) {
        int first = out.count;
        if (simple[i]) {
            out.add(from[i], to[i], 0, first);
            return;
        }
        CachedSequence sequence = rows.cached(i);
        CacheLayer cache = sequence.layer(layer);
        if (!sequence.branched()) {
            present(cache, from[i], to[i], out, first);
            return;
        }
        present(cache, from[i], sequence.base(), out, first);
        int count = ancestors(rows, i);
        int oldest = window == 0 ? Integer.MIN_VALUE : rows.position(i) - window + 1;
        for (int k = count - 1; k >= 0; k--) {
            int slot = ancestors[k];
            if (sequence.position(slot) >= oldest && cache.present(slot)) {
                out.add(slot, slot + 1, 0, first);
            }
        }
    }

    private static void present(CacheLayer cache, int from, int to, RunList out, int first) {
        int at = cache.nextPresent(from);
        while (at < to) {
            int end = Math.min(to, cache.nextAbsent(at));
            out.add(at, end, 0, first);
            at = cache.nextPresent(end);
        }
    }

    /// Slots of row `i` and of the rows it hangs from, latest first.
    private int ancestors(LiveRows rows, int i) {
        int count = 0;
        Batch batch = rows.batch();
        for (int row = rows.batchRow(i); row != Batch.STORED; row = batch.parent(row)) {
            if (count == ancestors.length) {
                ancestors = Arrays.copyOf(ancestors, count * 2);
            }
            ancestors[count++] = rows.slotOfBatchRow(row);
        }
        return count;
    }
}

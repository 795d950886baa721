package dev.vivace.runtime;

import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Batch;
import java.util.Arrays;

/// What the model itself allows each row to read in a layer: everything before it, as far as the window goes;
/// in a tree only its ancestors; never a slot that the layer did not store.
///
/// A row of a tree whose ancestors do not stand one after another in the cache is *displaced*: it reads a copy
/// in which they do ([#numbered]), so that its bits are those of the same row in a plain sequence.
final class ModelMask {
    private int[] from = new int[32];
    private int[] to = new int[32];
    private boolean[] simple = new boolean[32];
    private boolean[] displaced = new boolean[32];
    private int[] chain = new int[32];
    private int window;

    /// First slot of row `i`, one past its last, as numbered for it: exact if [#simple], else bounds.
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

    /// Whether row `i` reads its ancestors from a copy.
    boolean displaced(int i) {
        return displaced[i];
    }

    void plan(LiveRows rows, int layer, LayerSpec spec) {
        window = spec.window();
        if (rows.count() > from.length) {
            int capacity = Math.max(rows.count(), from.length * 2);
            from = new int[capacity];
            to = new int[capacity];
            simple = new boolean[capacity];
            displaced = new boolean[capacity];
        }
        for (int i = 0; i < rows.count(); i++) {
            CachedSequence sequence = rows.cached(i);
            int slot = rows.slot(i);
            int depth = sequence.branched() ? chain(rows, i) : slot + 1 - sequence.base();
            displaced[i] = sequence.base() + depth != slot + 1;
            to[i] = sequence.base() + depth;
            boolean rises = window == 0 || sequence.positions().rise(slot + 1);
            from[i] = displaced[i] || !rises ? 0 : oldest(sequence, rows.position(i), slot + 1);
            simple[i] = !displaced[i] && rises && sequence.layer(layer).nextAbsent(from[i]) > slot;
        }
    }

    /// The first slot below `limit` that a row at `position` may see, where positions rise.
    private int oldest(CachedSequence sequence, int position, int limit) {
        return window == 0 ? 0 : sequence.positions().firstFrom(position - window + 1, limit);
    }

    /// Adds the slots that row `i` may read, as the cache numbers them.
    void runs(LiveRows rows, int i, int layer, RunList out) {
        int first = out.count;
        if (simple[i]) {
            out.add(from[i], to[i], 0, first);
            return;
        }
        CachedSequence sequence = rows.cached(i);
        CacheLayer cache = sequence.layer(layer);
        int limit = displaced[i] ? sequence.base() : rows.slot(i) + 1;
        int position = rows.position(i);
        if (window == 0 || sequence.positions().rise(limit)) {
            present(cache, oldest(sequence, position, limit), limit, out, first);
        } else {
            for (int slot = 0; slot < limit; slot++) {
                see(sequence, cache, slot, position, out, first);
            }
        }
        int count = displaced[i] ? chain(rows, i) : 0;
        for (int k = 0; k < count; k++) {
            see(sequence, cache, chain[k], position, out, first);
        }
    }

    private void see(CachedSequence sequence, CacheLayer cache, int slot, int position, RunList out, int first) {
        if (cache.present(slot) && (window == 0 || position - sequence.position(slot) < window)) {
            out.add(slot, slot + 1, 0, first);
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

    /// Adds the slots of `real` as numbered for row `i`, which is displaced: its ancestors follow what was
    /// stored.
    void numbered(LiveRows rows, int i, RunList real, RunList out) {
        int base = rows.cached(i).base();
        int count = chain(rows, i);
        int first = out.count;
        int k = 0;
        for (int run = 0; run < real.count; run++) {
            out.add(real.start[run], Math.min(base, real.end(run)), real.logWeight[run], first);
            for (int slot = Math.max(base, real.start[run]); slot < real.end(run); slot++) {
                while (k < count && chain[k] < slot) {
                    k++;
                }
                out.add(base + k, base + k + 1, real.logWeight[run], first);
            }
        }
    }

    /// Finds the slots of the rows that row `i` hangs from and its own, rising: [#chainSlot]. Returns how many.
    int chain(LiveRows rows, int i) {
        int count = 0;
        Batch batch = rows.batch();
        for (int row = rows.batchRow(i); row != Batch.STORED; row = batch.parent(row)) {
            count++;
        }
        if (count > chain.length) {
            chain = Arrays.copyOf(chain, Math.max(count, chain.length * 2));
        }
        int at = count;
        for (int row = rows.batchRow(i); row != Batch.STORED; row = batch.parent(row)) {
            chain[--at] = rows.slotOfBatchRow(row);
        }
        return count;
    }

    int chainSlot(int k) {
        return chain[k];
    }
}

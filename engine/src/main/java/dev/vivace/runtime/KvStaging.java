package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvLayout;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes the pages that kernels cannot read as they lie readable for one layer of one step: evicted pages are
/// fetched, raw keys are
/// rotated to f32 copies. Copies live until the next layer.
final class KvStaging implements AutoCloseable {
    private final Compute compute;
    private final List<Arena> arenas = new ArrayList<>();
    private final RopeTable table;
    private final LayerSpec spec;
    private boolean[] wanted = new boolean[16];

    KvStaging(Compute compute, LayerSpec spec) {
        this.compute = compute;
        this.spec = spec;
        this.table = new RopeTable(spec.rope());
    }

    /// Whether the layer's own pages will not do.
    static boolean needed(CacheLayer layer) {
        return layer.hasEvicted() || layer.shape().layout().form() == KeyForm.RAW;
    }

    void clear() {
        arenas.forEach(Arena::close);
        arenas.clear();
    }

    /// A table of the sequence's pages in which the slots of `runs[from, to)` are in memory with rotated keys.
    KvBlocks stage(CachedSequence sequence, int layerIndex, RunList runs, int from, int to) {
        KvBlocks resident = fetched(sequence, layerIndex, runs, from, to);
        return sequence.layer(layerIndex).shape().layout().form() == KeyForm.RAW
                ? rotated(sequence, resident)
                : resident;
    }

    /// A table over copies of the slots of `runs[from, to)`, one after another, their keys turned by 0, 1, …
    KvBlocks renumber(CachedSequence sequence, int layerIndex, RunList runs, int from, int to) {
        if (sequence.layer(layerIndex).shape().layout().form() != KeyForm.RAW) {
            throw new IllegalStateException("positions can only be given anew where keys are stored " + KeyForm.RAW);
        }
        return compact(sequence, fetched(sequence, layerIndex, runs, from, to), runs, from, to);
    }

    private KvBlocks fetched(CachedSequence sequence, int layerIndex, RunList runs, int from, int to) {
        CacheLayer layer = sequence.layer(layerIndex);
        int pages = layer.pageCount();
        if (wanted.length < pages) {
            wanted = new boolean[Math.max(pages, wanted.length * 2)];
        }
        Arrays.fill(wanted, 0, pages, false);
        for (int run = from; run < to; run++) {
            int last = Math.min(pages - 1, (runs.end(run) - 1) / KvLayout.PAGE_TOKENS);
            for (int page = runs.start[run] / KvLayout.PAGE_TOKENS; page <= last; page++) {
                wanted[page] = true;
            }
        }
        Arena arena = newArena();
        KvBlocks blocks = layer.shape().blocks();
        int[] missing = new int[pages];
        MemorySegment[] targets = new MemorySegment[pages];
        int count = 0;
        for (int page = 0; page < pages; page++) {
            if (layer.resident(page)) {
                blocks.page(page, layer.blocks().segment(page), layer.blocks().keys(page, 0));
            } else if (wanted[page]) {
                targets[count] = arena.allocate(blocks.pageBytes(), Matrix.ALIGNMENT);
                blocks.page(page, targets[count], 0);
                missing[count++] = page;
            } else {
                blocks.page(page, MemorySegment.NULL, 0);
            }
        }
        if (count > 0) {
            sequence.parts().cache().fetch(sequence, layerIndex, missing, count, targets);
        }
        return blocks;
    }

    /// Copies of the wanted pages in f32, keys turned by the positions of their slots.
    private KvBlocks rotated(CachedSequence sequence, KvBlocks raw) {
        Arena arena = newArena();
        int pages = raw.pages();
        KvBlocks blocks = new KvBlocks(spec.kvHeads(), spec.keyDim(), spec.valueDim(), DType.F32, KvLayout.PAGE_TOKENS);
        table.begin(KvLayout.PAGE_TOKENS);
        for (int page = 0; page < pages; page++) {
            if (!wanted[page]) {
                blocks.page(page, MemorySegment.NULL, 0);
                continue;
            }
            blocks.page(page, arena.allocate(blocks.pageBytes(), Matrix.ALIGNMENT), 0);
            int first = page * KvLayout.PAGE_TOKENS;
            int slots = Math.min(KvLayout.PAGE_TOKENS, sequence.length() - first);
            for (int slot = 0; slot < slots; slot++) {
                copy(raw, first + slot, blocks, first + slot);
                table.set(slot, sequence.position(first + slot));
            }
            rotate(blocks, page, slots);
        }
        return blocks;
    }

    @SuppressWarnings("MustBeClosedChecker") // kept, and closed by close()
    private Arena newArena() {
        Arena arena = Arena.ofShared();
        arenas.add(arena);
        return arena;
    }

    private KvBlocks compact(CachedSequence sequence, KvBlocks source, RunList runs, int from, int to) {
        Arena arena = newArena();
        KvBlocks blocks = new KvBlocks(spec.kvHeads(), spec.keyDim(), spec.valueDim(), DType.F32, KvLayout.PAGE_TOKENS);
        int next = 0;
        for (int run = from; run < to; run++) {
            for (int slot = runs.start[run]; slot < Math.min(runs.end(run), sequence.length()); slot++) {
                if (next % KvLayout.PAGE_TOKENS == 0) {
                    blocks.page(next / KvLayout.PAGE_TOKENS, arena.allocate(blocks.pageBytes(), Matrix.ALIGNMENT), 0);
                }
                copy(source, slot, blocks, next++);
            }
        }
        for (int page = 0; page < blocks.pages(); page++) {
            int slots = Math.min(KvLayout.PAGE_TOKENS, next - page * KvLayout.PAGE_TOKENS);
            table.begin(KvLayout.PAGE_TOKENS);
            for (int slot = 0; slot < slots; slot++) {
                table.set(slot, page * KvLayout.PAGE_TOKENS + slot);
            }
            rotate(blocks, page, slots);
        }
        return blocks;
    }

    private void copy(KvBlocks from, int slot, KvBlocks to, int target) {
        int page = slot / KvLayout.PAGE_TOKENS;
        int toPage = target / KvLayout.PAGE_TOKENS;
        int at = slot % KvLayout.PAGE_TOKENS;
        int toAt = target % KvLayout.PAGE_TOKENS;
        int bytes = from.dtype().blockBytes();
        MemorySegment memory = from.segment(page);
        MemorySegment out = to.segment(toPage);
        for (int head = 0; head < spec.kvHeads(); head++) {
            long key = from.keys(page, head) + (long) at * spec.keyDim() * bytes;
            long toKey = to.keys(toPage, head) + 4L * toAt * spec.keyDim();
            compute.kernels().load(from.dtype(), memory, key, out, toKey, spec.keyDim());
            long value = from.values(page, head) + (long) at * spec.valueDim() * bytes;
            long toValue = to.values(toPage, head) + 4L * toAt * spec.valueDim();
            compute.kernels().load(from.dtype(), memory, value, out, toValue, spec.valueDim());
        }
    }

    private void rotate(KvBlocks blocks, int page, int slots) {
        int dim = spec.keyDim();
        RopeStyle style = spec.rope().style();
        // A page's keys of one head are a matrix of their own; heads whose rows are no whole cache lines go row by row.
        for (int head = 0; head < spec.kvHeads(); head++) {
            MemorySegment memory = blocks.segment(page).asSlice(blocks.keys(page, head));
            if (dim == Matrix.strideOf(dim)) {
                Matrix keys = new Matrix(memory, slots, dim, dim);
                compute.kernels()
                        .rope(keys, 0, slots, 1, dim, spec.rope().dimensions(), style, table.cos(), table.sin());
            } else {
                rotateRows(memory, slots, dim, style);
            }
        }
    }

    private void rotateRows(MemorySegment memory, int slots, int dim, RopeStyle style) {
        try (Arena local = Arena.ofConfined()) {
            Matrix keys = Matrix.allocate(local, slots, dim);
            for (int slot = 0; slot < slots; slot++) {
                MemorySegment.copy(memory, 4L * slot * dim, keys.data(), keys.offset(slot), 4L * dim);
            }
            compute.kernels().rope(keys, 0, slots, 1, dim, spec.rope().dimensions(), style, table.cos(), table.sin());
            for (int slot = 0; slot < slots; slot++) {
                MemorySegment.copy(keys.data(), keys.offset(slot), memory, 4L * slot * dim, 4L * dim);
            }
        }
    }

    @Override
    public void close() {
        clear();
        table.close();
    }
}

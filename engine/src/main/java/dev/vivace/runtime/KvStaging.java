package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvLayout;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes what kernels cannot read as it lies readable for one layer of one step: evicted pages are fetched, raw
/// keys rotated, the ancestors of a displaced row of a tree put one after another. Copies live until [#clear].
final class KvStaging implements AutoCloseable {
    private final Compute compute;
    private final RopeTable table;
    private final LayerSpec spec;
    private final StagingMemory memory;
    private final Matrix line;
    private final List<StagedPages> staged = new ArrayList<>();

    /// @param line a row as wide as a key of one head
    KvStaging(Compute compute, LayerSpec spec, StagingMemory memory, Matrix line) {
        this.compute = compute;
        this.spec = spec;
        this.memory = memory;
        this.line = line;
        this.table = new RopeTable(spec.rope());
    }

    /// Whether the layer's own pages will not do.
    static boolean needed(CacheLayer layer) {
        return layer.hasEvicted() || layer.shape().layout().form() == KeyForm.RAW;
    }

    /// An empty table of pages for copies whose keys are rotated.
    static KvBlocks copies(CacheLayer layer) {
        KvBlocks like = layer.blocks();
        return new KvBlocks(like.kvHeads(), like.keyDim(), like.valueDim(), DType.F32, KvLayout.PAGE_TOKENS);
    }

    void clear() {
        staged.clear();
        memory.reset();
    }

    /// The pages of `sequence`, each staged once a step.
    StagedPages of(CachedSequence sequence, int layer) {
        for (int i = 0; i < staged.size(); i++) {
            if (staged.get(i).sequence() == sequence) {
                return staged.get(i);
            }
        }
        StagedPages pages = new StagedPages(sequence, layer);
        staged.add(pages);
        return pages;
    }

    /// Brings everything that was wanted into memory.
    void ready() {
        for (int i = 0; i < staged.size(); i++) {
            staged.get(i).ready(this);
        }
    }

    MemorySegment allocate(long bytes) {
        return memory.allocate(bytes);
    }

    /// A table in which what stood in `from` below `base` is followed by the `count` slots of `mask`'s chain.
    KvBlocks chained(KvBlocks from, int base, ModelMask mask, int count) {
        KvBlocks blocks =
                new KvBlocks(from.kvHeads(), from.keyDim(), from.valueDim(), from.dtype(), KvLayout.PAGE_TOKENS);
        int shared = base / KvLayout.PAGE_TOKENS;
        for (int page = 0; page < shared; page++) {
            blocks.page(page, from.segment(page), from.keys(page, 0));
        }
        for (int page = shared; page <= (base + count - 1) / KvLayout.PAGE_TOKENS; page++) {
            blocks.page(page, allocate(blocks.pageBytes()), 0);
        }
        for (int slot = shared * KvLayout.PAGE_TOKENS; slot < base + count; slot++) {
            copy(from, slot < base ? slot : mask.chainSlot(slot - base), blocks, slot);
        }
        return blocks;
    }

    /// A table over copies of the slots of `runs[from, to)`, one after another, their keys turned by 0, 1, …
    KvBlocks renumbered(StagedPages pages, RunList runs, int from, int to) {
        KvBlocks blocks = new KvBlocks(spec.kvHeads(), spec.keyDim(), spec.valueDim(), DType.F32, KvLayout.PAGE_TOKENS);
        int next = 0;
        for (int run = from; run < to; run++) {
            for (int slot = runs.start[run]; slot < runs.end(run); slot++) {
                if (next % KvLayout.PAGE_TOKENS == 0) {
                    blocks.page(next / KvLayout.PAGE_TOKENS, allocate(blocks.pageBytes()), 0);
                }
                copy(pages.stored(), slot, blocks, next++);
            }
        }
        for (int page = 0; page < blocks.pages(); page++) {
            int first = page * KvLayout.PAGE_TOKENS;
            int[] positions = new int[Math.min(KvLayout.PAGE_TOKENS, next - first)];
            Arrays.setAll(positions, slot -> first + slot);
            rotate(blocks, page, positions);
        }
        return blocks;
    }

    /// Copies one slot; `to` has the type of `from`, or F32.
    void copy(KvBlocks from, int slot, KvBlocks to, int target) {
        int page = slot / KvLayout.PAGE_TOKENS;
        int toPage = target / KvLayout.PAGE_TOKENS;
        int at = slot % KvLayout.PAGE_TOKENS;
        int toAt = target % KvLayout.PAGE_TOKENS;
        for (int head = 0; head < from.kvHeads(); head++) {
            copy(from, page, from.keys(page, head), at, to, toPage, to.keys(toPage, head), toAt, from.keyDim());
            copy(from, page, from.values(page, head), at, to, toPage, to.values(toPage, head), toAt, from.valueDim());
        }
    }

    private void copy(
            KvBlocks from, int page, long start, int at, KvBlocks to, int toPage, long toStart, int toAt, int dim) {
        int bytes = from.dtype().blockBytes();
        int toBytes = to.dtype().blockBytes();
        long source = start + (long) at * dim * bytes;
        long target = toStart + (long) toAt * dim * toBytes;
        if (from.dtype() == to.dtype()) {
            MemorySegment.copy(from.segment(page), source, to.segment(toPage), target, (long) dim * bytes);
        } else {
            compute.kernels().load(from.dtype(), from.segment(page), source, to.segment(toPage), target, dim);
        }
    }

    /// Turns the first keys of a page of copies by `positions`, one slot after another.
    void rotate(KvBlocks blocks, int page, int[] positions) {
        int dim = spec.keyDim();
        RopeStyle style = spec.rope().style();
        MemorySegment keys = blocks.segment(page);
        for (int slot = 0; slot < positions.length; slot++) {
            table.set(positions[slot]);
            for (int head = 0; head < spec.kvHeads(); head++) {
                long key = blocks.keys(page, head) + 4L * slot * dim;
                MemorySegment.copy(keys, key, line.data(), 0, 4L * dim);
                compute.kernels().rope(line, 0, 1, 1, dim, spec.rope().dimensions(), style, table.cos(), table.sin());
                MemorySegment.copy(line.data(), 0, keys, key, 4L * dim);
            }
        }
    }

    @Override
    public void close() {
        clear();
        table.close();
    }
}

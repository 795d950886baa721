package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvLayout;
import dev.vivace.seam.KvView;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// One layer of a sequence, as parts see it.
final class CacheView implements KvView {
    private final CachedSequence sequence;
    private final CacheLayer layer;
    private final Kernels kernels;

    CacheView(CachedSequence sequence, CacheLayer layer, Kernels kernels) {
        this.sequence = sequence;
        this.layer = layer;
        this.kernels = kernels;
    }

    @Override
    public int length() {
        return sequence.length();
    }

    @Override
    public int pageTokens() {
        return KvLayout.PAGE_TOKENS;
    }

    @Override
    public int kvHeads() {
        return layer.blocks().kvHeads();
    }

    @Override
    public int keyDim() {
        return layer.blocks().keyDim();
    }

    @Override
    public int valueDim() {
        return layer.blocks().valueDim();
    }

    @Override
    public KeyForm form() {
        return layer.shape().layout().form();
    }

    @Override
    public boolean present(int slot) {
        return layer.present(slot);
    }

    @Override
    public void keys(int head, int from, int count, MemorySegment out, long offset) {
        KvBlocks blocks = layer.blocks();
        check(from, count);
        for (int slot = from; slot < from + count; slot++) {
            int page = slot / KvLayout.PAGE_TOKENS;
            long at = blocks.keys(page, head) + (long) (slot % KvLayout.PAGE_TOKENS) * keyDim() * bytes();
            long to = offset + 4L * (slot - from) * keyDim();
            kernels.load(blocks.dtype(), resident(blocks, page), at, out, to, keyDim());
        }
    }

    @Override
    public void values(int head, int from, int count, MemorySegment out, long offset) {
        KvBlocks blocks = layer.blocks();
        check(from, count);
        for (int slot = from; slot < from + count; slot++) {
            int page = slot / KvLayout.PAGE_TOKENS;
            long at = blocks.values(page, head) + (long) (slot % KvLayout.PAGE_TOKENS) * valueDim() * bytes();
            long to = offset + 4L * (slot - from) * valueDim();
            kernels.load(blocks.dtype(), resident(blocks, page), at, out, to, valueDim());
        }
    }

    @Override
    public void scores(Matrix queries, int row, int head, int from, int to, MemorySegment out, long offset) {
        check(from, to - from);
        for (int page = from / KvLayout.PAGE_TOKENS; page * KvLayout.PAGE_TOKENS < to; page++) {
            resident(layer.blocks(), page);
        }
        var spec = layer.shape().spec();
        int kvHead = head / spec.group();
        float scale = spec.attentionScale();
        float cap = spec.attentionSoftcap();
        kernels.scores(queries, row, head, layer.blocks(), kvHead, scale, cap, from, to, out, offset);
    }

    @Override
    public MemorySegment annex(int page) {
        return layer.annex(page);
    }

    @Override
    public boolean resident(int page) {
        return layer.resident(page);
    }

    @Override
    public void evict(int page) {
        if (page >= layer.sealed()) {
            throw new IllegalArgumentException("page=" + page + " is not sealed, only pages below " + layer.sealed());
        }
        layer.evict(page);
    }

    private int bytes() {
        return layer.blocks().dtype().blockBytes();
    }

    private MemorySegment resident(KvBlocks blocks, int page) {
        if (!layer.resident(page)) {
            throw new IllegalStateException("page=" + page + " is not in memory");
        }
        return blocks.segment(page);
    }

    private void check(int from, int count) {
        if (from < 0 || count < 0 || from + count > length()) {
            throw new IndexOutOfBoundsException(
                    "slots [" + from + ", " + (from + count) + ") of " + length() + " stored");
        }
    }
}

package dev.vivace.runtime;

import dev.vivace.CapacityException;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.seam.KvLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One layer's pages of one sequence.
final class CacheLayer {
    static final int NONE = -1;

    private final CacheShape shape;
    private final KvBlocks blocks;
    private int[] pages = new int[0];
    private int[] annexes = new int[0];
    private int pageCount;
    private int sealed;
    private int evicted;
    private @Nullable BitSet absent;

    CacheLayer(CacheShape shape) {
        this.shape = shape;
        this.blocks = shape.blocks();
    }

    KvBlocks blocks() {
        return blocks;
    }

    CacheShape shape() {
        return shape;
    }

    int pageCount() {
        return pageCount;
    }

    /// Pages from the start that their [KvCache] part was told are full.
    int sealed() {
        return sealed;
    }

    void sealed(int count) {
        sealed = count;
    }

    boolean resident(int page) {
        return pages[page] != NONE;
    }

    boolean hasEvicted() {
        return evicted > 0;
    }

    boolean hasAbsent() {
        return absent != null;
    }

    boolean present(int slot) {
        return absent == null || !absent.get(slot);
    }

    int nextAbsent(int from) {
        int next = absent == null ? -1 : absent.nextSetBit(from);
        return next < 0 ? Integer.MAX_VALUE : next;
    }

    int nextPresent(int from) {
        return absent == null ? from : absent.nextClearBit(from);
    }

    void markAbsent(int slot) {
        markAbsent(slot, slot + 1);
    }

    /// Slots `[from, to)` hold nothing in this layer.
    void markAbsent(int from, int to) {
        if (absent == null) {
            absent = new BitSet();
        }
        absent.set(from, to);
    }

    /// Slots `[from, to)` hold something from now on.
    void markPresent(int from, int to) {
        if (absent != null) {
            absent.clear(from, to);
            absent = absent.isEmpty() ? null : absent;
        }
    }

    /// Makes slots `[from, to)` writable: pages exist and belong to nobody else. Their pages must be resident.
    void reserve(int from, int to) {
        if (to <= from || !shape.stored()) {
            return;
        }
        for (int page = from / KvLayout.PAGE_TOKENS; page <= (to - 1) / KvLayout.PAGE_TOKENS; page++) {
            if (page == pageCount) {
                append();
            } else {
                unshare(page);
            }
        }
    }

    private void append() {
        if (pageCount == pages.length) {
            int capacity = Math.max(4, pageCount * 2);
            pages = Arrays.copyOf(pages, capacity);
            annexes = Arrays.copyOf(annexes, capacity);
        }
        int next = shape.pool().acquire();
        try {
            annexes[pageCount] = shape.hasAnnex() ? shape.annexes().acquire() : NONE;
        } catch (CapacityException full) {
            shape.pool().release(next);
            throw full;
        }
        pages[pageCount] = next;
        point(pageCount++);
    }

    /// A page and its annex are shared apart: one side may have evicted the page and still hold the annex.
    private void unshare(int page) {
        if (pages[page] != NONE && shape.pool().isShared(pages[page])) {
            pages[page] = copy(shape.pool(), pages[page]);
            point(page);
        }
        if (annexes[page] != NONE && shape.annexes().isShared(annexes[page])) {
            annexes[page] = copy(shape.annexes(), annexes[page]);
        }
    }

    /// A copy of `page`, whose share is given back.
    private static int copy(PagePool pool, int page) {
        int copy = pool.acquire();
        pool.slice(copy).copyFrom(pool.slice(page));
        pool.release(page);
        return copy;
    }

    private void point(int page) {
        blocks.page(page, shape.pool().slice(pages[page]), 0);
    }

    MemorySegment annex(int page) {
        return annexes[page] == NONE
                ? MemorySegment.NULL
                : shape.annexes().slice(annexes[page]).asSlice(0, shape.layout().annexBytes());
    }

    void evict(int page) {
        if (pages[page] != NONE) {
            shape.pool().release(pages[page]);
            pages[page] = NONE;
            blocks.page(page, MemorySegment.NULL, 0);
            evicted++;
        }
    }

    /// Takes memory for an evicted page again; the caller fills it.
    MemorySegment admit(int page) {
        pages[page] = shape.pool().acquire();
        point(page);
        evicted--;
        return shape.pool().slice(pages[page]);
    }

    void truncate(int length) {
        int keep = (length + KvLayout.PAGE_TOKENS - 1) / KvLayout.PAGE_TOKENS;
        while (pageCount > keep) {
            drop(--pageCount);
        }
        blocks.truncate(pageCount);
        sealed = Math.min(sealed, length / KvLayout.PAGE_TOKENS);
        if (absent != null) {
            absent.clear(length, Math.max(length, absent.length()));
            absent = absent.isEmpty() ? null : absent;
        }
    }

    private void drop(int page) {
        if (pages[page] == NONE) {
            evicted--;
        } else {
            shape.pool().release(pages[page]);
        }
        if (annexes[page] != NONE) {
            shape.annexes().release(annexes[page]);
        }
    }

    /// Copies what slot `from` holds to slot `to`, which is writable.
    void move(int from, int to) {
        if (!shape.stored()) {
            return;
        }
        int fromPage = from / KvLayout.PAGE_TOKENS;
        int toPage = to / KvLayout.PAGE_TOKENS;
        long element = blocks.dtype().blockBytes();
        for (int head = 0; head < blocks.kvHeads(); head++) {
            long key = element * blocks.keyDim();
            MemorySegment.copy(
                    blocks.segment(fromPage),
                    blocks.keys(fromPage, head) + from % KvLayout.PAGE_TOKENS * key,
                    blocks.segment(toPage),
                    blocks.keys(toPage, head) + to % KvLayout.PAGE_TOKENS * key,
                    key);
            long value = element * blocks.valueDim();
            MemorySegment.copy(
                    blocks.segment(fromPage),
                    blocks.values(fromPage, head) + from % KvLayout.PAGE_TOKENS * value,
                    blocks.segment(toPage),
                    blocks.values(toPage, head) + to % KvLayout.PAGE_TOKENS * value,
                    value);
        }
        if (absent != null) {
            absent.set(to, absent.get(from));
        }
    }

    CacheLayer fork() {
        CacheLayer copy = new CacheLayer(shape);
        copy.pages = pages.clone();
        copy.annexes = annexes.clone();
        copy.pageCount = pageCount;
        copy.sealed = sealed;
        copy.evicted = evicted;
        copy.absent = absent == null ? null : (BitSet) absent.clone();
        for (int page = 0; page < pageCount; page++) {
            if (annexes[page] != NONE) {
                shape.annexes().retain(annexes[page]);
            }
            if (pages[page] == NONE) {
                copy.blocks.page(page, MemorySegment.NULL, 0);
            } else {
                shape.pool().retain(pages[page]);
                copy.point(page);
            }
        }
        return copy;
    }
}

package dev.vivace.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Pages of one size, counted by reference so that sequences share them. Memory is taken in slabs and kept
/// until the pool closes. Safe for all threads; locks once for each page taken or given, which is once for 64
/// tokens.
final class PagePool implements AutoCloseable {
    private static final int PAGES_PER_SLAB = 8;
    private static final int ALIGNMENT = 64;

    private final long pageBytes;
    private final CacheBudget budget;
    private final Arena arena = Arena.ofShared();
    private volatile MemorySegment[] slabs = new MemorySegment[0];
    private int[] references = new int[0];
    private int[] free = new int[0];
    private int freeCount;

    PagePool(long pageBytes, CacheBudget budget) {
        this.pageBytes = (pageBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        this.budget = budget;
    }

    /// A page with one reference; its content is whatever was there.
    synchronized int acquire() {
        if (freeCount == 0) {
            addSlab();
        }
        int page = free[--freeCount];
        references[page] = 1;
        return page;
    }

    synchronized void retain(int page) {
        references[page]++;
    }

    synchronized void release(int page) {
        if (--references[page] == 0) {
            free[freeCount++] = page;
        }
    }

    synchronized boolean isShared(int page) {
        return references[page] > 1;
    }

    MemorySegment segment(int page) {
        return slabs[page / PAGES_PER_SLAB];
    }

    long offset(int page) {
        return page % PAGES_PER_SLAB * pageBytes;
    }

    /// The page's own memory.
    MemorySegment slice(int page) {
        return segment(page).asSlice(offset(page), pageBytes);
    }

    long pageBytes() {
        return pageBytes;
    }

    synchronized int pagesInUse() {
        return references.length - freeCount;
    }

    private void addSlab() {
        budget.take(pageBytes * PAGES_PER_SLAB);
        MemorySegment[] next = Arrays.copyOf(slabs, slabs.length + 1);
        next[slabs.length] = arena.allocate(pageBytes * PAGES_PER_SLAB, ALIGNMENT);
        int first = references.length;
        references = Arrays.copyOf(references, first + PAGES_PER_SLAB);
        free = Arrays.copyOf(free, references.length);
        for (int i = PAGES_PER_SLAB - 1; i >= 0; i--) {
            free[freeCount++] = first + i;
        }
        slabs = next;
    }

    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            budget.give(pageBytes * PAGES_PER_SLAB * slabs.length);
            arena.close();
        }
    }
}

package dev.vivace.runtime;

import dev.vivace.CapacityException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Pages of one size, counted by reference so that sequences share them. Memory is taken page by page, so that
/// a short text takes little; pages that nobody uses are kept for the next text until another pool of the
/// budget needs their memory. Safe for all threads; locks the budget once for each page taken or given, which
/// is once for 64 tokens.
final class PagePool implements AutoCloseable {
    private static final int ALIGNMENT = 64;

    private final long pageBytes;
    private final CacheBudget budget;
    private volatile Page[] pages = new Page[8];
    private int[] references = new int[8];
    private int[] free = new int[8];
    private int[] vacant = new int[8];
    private int count;
    private int freeCount;
    private int vacantCount;
    private boolean closed;

    /// A page's memory, which it owns.
    private record Page(Arena arena, MemorySegment memory) {}

    PagePool(long pageBytes, CacheBudget budget) {
        this.pageBytes = (pageBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        this.budget = budget;
        budget.join(this);
    }

    /// A page with one reference; its content is whatever was there.
    int acquire() {
        synchronized (budget) {
            int page = freeCount > 0 ? free[--freeCount] : add();
            references[page] = 1;
            return page;
        }
    }

    void retain(int page) {
        synchronized (budget) {
            references[page]++;
        }
    }

    void release(int page) {
        synchronized (budget) {
            if (--references[page] == 0) {
                free[freeCount++] = page;
            }
        }
    }

    boolean isShared(int page) {
        synchronized (budget) {
            return references[page] > 1;
        }
    }

    /// The page's own memory.
    MemorySegment slice(int page) {
        return pages[page].memory();
    }

    long pageBytes() {
        return pageBytes;
    }

    int pagesInUse() {
        synchronized (budget) {
            return count - freeCount - vacantCount;
        }
    }

    /// Bytes of the pages in use; the budget is locked.
    long bytesInUse() {
        return closed ? 0 : pageBytes * (count - freeCount - vacantCount);
    }

    private int add() {
        if (closed) {
            throw new IllegalStateException("the pool of pages is closed");
        }
        budget.take(pageBytes);
        Page added = allocate();
        if (vacantCount > 0) {
            int page = vacant[--vacantCount];
            put(pages, page, added);
            return page;
        }
        Page[] all = pages;
        if (count == all.length) {
            all = Arrays.copyOf(all, count * 2);
            references = Arrays.copyOf(references, count * 2);
            free = Arrays.copyOf(free, count * 2);
            vacant = Arrays.copyOf(vacant, count * 2);
        }
        put(all, count, added);
        return count++;
    }

    private void put(Page[] all, int page, Page added) {
        all[page] = added;
        pages = all; // written last, so that other threads see the new page too
    }

    @SuppressWarnings("MustBeClosedChecker") // the page owns its arena
    private Page allocate() {
        Arena arena = Arena.ofShared();
        try {
            return new Page(arena, arena.allocate(pageBytes, ALIGNMENT));
        } catch (OutOfMemoryError refused) {
            arena.close();
            budget.give(pageBytes);
            throw new CapacityException(
                    "the system gives no more memory for keys and values, beyond the " + budget.usedBytes()
                            + " bytes that this model's sessions have: close some or shorten the context",
                    refused);
        }
    }

    /// Frees pages that nobody uses until `bytes` bytes are given back, or all of them; the budget is locked.
    void drop(long bytes) {
        for (long left = bytes; left > 0 && freeCount > 0; left -= pageBytes) {
            int page = free[--freeCount];
            vacant[vacantCount++] = page;
            pages[page].arena().close();
            budget.give(pageBytes);
        }
    }

    @Override
    public void close() {
        synchronized (budget) {
            if (closed) {
                return;
            }
            closed = true;
            drop(Long.MAX_VALUE);
            for (int page = 0; page < count; page++) {
                if (pages[page].arena().scope().isAlive()) {
                    pages[page].arena().close();
                    budget.give(pageBytes);
                }
            }
            budget.leave(this);
        }
    }
}

package dev.vivace.kernel;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Where the keys and values of one sequence's layer lie: a table of pages of [#pageTokens] slots. What kernels
/// read.
///
/// A page holds, for each key-value head, its keys as a matrix `[pageTokens, keyDim]`, heads one after another;
/// from [#valueOffset] on its values likewise, `[pageTokens, valueDim]` a head. So element `d` of head `h` of
/// the key in slot `s` lies at `offset(page) + ((h * pageTokens + s % pageTokens) * keyDim + d) * bytes`, `page
/// = s / pageTokens`.
///
/// Mutable, reused, for one thread at a time; kernels only read it.
public final class KvBlocks {
    private final int kvHeads;
    private final int keyDim;
    private final int valueDim;
    private final DType dtype;
    private final int pageTokens;
    private MemorySegment[] segments = new MemorySegment[0];
    private long[] offsets = new long[0];
    private int pages;

    /// An empty table.
    ///
    /// @param kvHeads key-value heads
    /// @param keyDim elements of a key of one head
    /// @param valueDim elements of a value of one head
    /// @param dtype F32, F16 or BF16, for keys and values
    /// @param pageTokens slots of a page, a power of two
    public KvBlocks(int kvHeads, int keyDim, int valueDim, DType dtype, int pageTokens) {
        this.kvHeads = kvHeads;
        this.keyDim = keyDim;
        this.valueDim = valueDim;
        this.dtype = dtype;
        this.pageTokens = pageTokens;
    }

    /// Appends or replaces page `page`, which starts at byte `offset` of `segment`.
    public void page(int page, MemorySegment segment, long offset) {
        if (page >= segments.length) {
            int capacity = Math.max(8, Math.max(page + 1, segments.length * 2));
            segments = Arrays.copyOf(segments, capacity);
            offsets = Arrays.copyOf(offsets, capacity);
        }
        segments[page] = segment;
        offsets[page] = offset;
        pages = Math.max(pages, page + 1);
    }

    /// Forgets the pages from `count` on.
    public void truncate(int count) {
        if (count < pages) {
            Arrays.fill(segments, count, pages, null);
            pages = count;
        }
    }

    /// Pages in the table.
    public int pages() {
        return pages;
    }

    /// The memory that page `page` lies in.
    public MemorySegment segment(int page) {
        return segments[page];
    }

    /// Byte offset of the keys of head `head` of page `page` in [#segment].
    public long keys(int page, int head) {
        return offsets[page] + (long) head * pageTokens * keyDim * dtype.blockBytes();
    }

    /// Byte offset of the values of head `head` of page `page` in [#segment].
    public long values(int page, int head) {
        return offsets[page] + valueOffset() + (long) head * pageTokens * valueDim * dtype.blockBytes();
    }

    /// Bytes from the start of a page to its values.
    public long valueOffset() {
        return (long) kvHeads * pageTokens * keyDim * dtype.blockBytes();
    }

    /// Bytes of the keys and values of one page.
    public long pageBytes() {
        return valueOffset() + (long) kvHeads * pageTokens * valueDim * dtype.blockBytes();
    }

    /// Key-value heads.
    public int kvHeads() {
        return kvHeads;
    }

    /// Elements of a key of one head.
    public int keyDim() {
        return keyDim;
    }

    /// Elements of a value of one head.
    public int valueDim() {
        return valueDim;
    }

    /// How elements are stored.
    public DType dtype() {
        return dtype;
    }

    /// Slots of a page.
    public int pageTokens() {
        return pageTokens;
    }
}

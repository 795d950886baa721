package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// The stored keys and values of one layer of one sequence. Borrowed: good until the sequence changes.
public interface KvView {
    /// Slots stored (some may be absent in this layer, see [#present]).
    int length();

    /// Slots of a page.
    int pageTokens();

    /// Key-value heads.
    int kvHeads();

    /// Elements of a key of one head.
    int keyDim();

    /// Elements of a value of one head.
    int valueDim();

    /// Whether keys are stored rotated.
    KeyForm form();

    /// Whether this layer stored slot `slot`: false where the row skipped the layer.
    boolean present(int slot);

    /// Copies keys of head `head`, slots `from..from+count`, as f32 `[count, keyDim]` to `out` at byte
    /// `offset`. Resident pages only.
    void keys(int head, int from, int count, MemorySegment out, long offset);

    /// As [#keys] for values, `[count, valueDim]`.
    void values(int head, int from, int count, MemorySegment out, long offset);

    /// Scaled scores of query head `head` of row `row` of `queries` against slots `[from, to)`, to `out` at
    /// byte `offset`. Rotates nothing.
    void scores(Matrix queries, int row, int head, int from, int to, MemorySegment out, long offset);

    /// The side data of page `page`, [KvLayout#annexBytes] long; shared pages share it. Empty if the layout has
    /// none.
    MemorySegment annex(int page);

    /// Whether page `page` is in memory; else its [KvCache] part has it.
    boolean resident(int page);

    /// Gives the memory of page `page` back; the [KvCache] part must be able to [KvCache#fetch] it. The annex
    /// stays.
    void evict(int page);
}

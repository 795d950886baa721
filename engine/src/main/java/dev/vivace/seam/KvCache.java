package dev.vivace.seam;

import java.lang.foreign.MemorySegment;

/// Layout, tier and codec of keys and values. One a plan.
public non-sealed interface KvCache extends Part {
    /// The layout of layer `layer`, given the one that would be used without this part.
    KvLayout layout(int layer, KvLayout plain);

    /// Called at the beginning of the step after the one that filled the page, once for each fork that was made
    /// between. Page `page` is full and will not change unless the sequence is cut back below its end: time to
    /// encode it, to summarise it into its annex, or to move it and [KvView#evict].
    default void seal(Sequence sequence, int layer, int page) {}

    /// The prompt is stored: time to summarise all of it in a [Sequence#prefixAnnex].
    default void prefixDone(Sequence sequence) {}

    /// Brings evicted pages back for one layer's attention. Each target has the layout of a resident page: for
    /// each key-value head its keys `[PAGE_TOKENS, keyDim]`, then for each its values.
    ///
    /// @param pages the pages wanted, sorted
    /// @param count how many of `pages` count
    /// @param targets where page `pages[i]` goes
    default void fetch(Sequence sequence, int layer, int[] pages, int count, MemorySegment[] targets) {
        throw new IllegalStateException(getClass().getSimpleName() + " evicted pages but does not fetch them");
    }
}

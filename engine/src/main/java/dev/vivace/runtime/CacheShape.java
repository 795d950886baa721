package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.KvLayout;
import org.jspecify.annotations.Nullable;

/// What all sequences of a runner share about one layer's cache: its layout and where its pages come from.
final class CacheShape implements AutoCloseable {
    private final LayerSpec spec;
    private final KvLayout layout;
    private final boolean stored;
    private final PagePool pool;
    private final @Nullable PagePool annexes;

    CacheShape(LayerSpec spec, KvLayout layout, CacheBudget budget, boolean stored) {
        this.stored = stored;
        this.spec = spec;
        this.layout = layout;
        this.pool = new PagePool(blocks().pageBytes(), budget);
        this.annexes = layout.annexBytes() == 0 ? null : new PagePool(layout.annexBytes(), budget);
    }

    LayerSpec spec() {
        return spec;
    }

    /// Whether the layer keeps anything; a recurrent mixer does not.
    boolean stored() {
        return stored;
    }

    KvLayout layout() {
        return layout;
    }

    PagePool pool() {
        return pool;
    }

    boolean hasAnnex() {
        return annexes != null;
    }

    PagePool annexes() {
        if (annexes == null) {
            throw new IllegalStateException("the layout has no annex");
        }
        return annexes;
    }

    /// An empty table of pages of this shape.
    KvBlocks blocks() {
        return new KvBlocks(spec.kvHeads(), spec.keyDim(), spec.valueDim(), layout.dtype(), KvLayout.PAGE_TOKENS);
    }

    @Override
    public void close() {
        pool.close();
        if (annexes != null) {
            annexes.close();
        }
    }
}

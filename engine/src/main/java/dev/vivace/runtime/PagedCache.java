package dev.vivace.runtime;

import dev.vivace.seam.KvCache;
import dev.vivace.seam.KvLayout;

/// The default cache: pages in memory, in the model's cache type.
final class PagedCache implements KvCache {
    @Override
    public KvLayout layout(int layer, KvLayout plain) {
        return plain;
    }
}

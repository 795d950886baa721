package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.seam.KvCache;
import dev.vivace.seam.KvLayout;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The pages of all layers of one sequence.
final class SequenceLayers {
    private final CacheLayer[] layers;

    private SequenceLayers(CacheLayer[] layers) {
        this.layers = layers;
    }

    static SequenceLayers of(CacheShape[] shapes) {
        return new SequenceLayers(Arrays.stream(shapes).map(CacheLayer::new).toArray(CacheLayer[]::new));
    }

    SequenceLayers fork() {
        return new SequenceLayers(Arrays.stream(layers).map(CacheLayer::fork).toArray(CacheLayer[]::new));
    }

    /// Whether every layer's pages come from the same pools.
    boolean haveShapes(CacheShape[] shapes) {
        for (int layer = 0; layer < layers.length; layer++) {
            if (layers[layer].shape() != shapes[layer]) {
                return false;
            }
        }
        return true;
    }

    int count() {
        return layers.length;
    }

    CacheLayer layer(int layer) {
        return layers[layer];
    }

    /// Tells `cache` of the pages of `sequence` that became full.
    void seal(CachedSequence sequence, KvCache cache) {
        int full = sequence.length() / KvLayout.PAGE_TOKENS;
        for (int layer = 0; layer < layers.length; layer++) {
            CacheLayer own = layers[layer];
            for (int page = own.sealed(); page < Math.min(full, own.pageCount()); page++) {
                own.sealed(page + 1);
                cache.seal(sequence, layer, page);
            }
        }
    }

    /// Makes slots `[from, to)` writable.
    void reserve(int from, int to) {
        for (CacheLayer layer : layers) {
            layer.reserve(from, to);
        }
    }

    void markAbsent(int from, int to) {
        for (CacheLayer layer : layers) {
            layer.markAbsent(from, to);
        }
    }

    /// Forgets the slots from `length` on; the page it cuts through is resident.
    void truncate(int length) {
        for (CacheLayer layer : layers) {
            layer.truncate(length);
        }
    }

    /// Of the slots from `first` on keeps those at `first + offsets[0..count)`, moved together.
    void keep(int first, int[] offsets, int count) {
        boolean together = count == 0 || offsets[count - 1] == count - 1;
        for (CacheLayer layer : layers) {
            if (!together) {
                layer.reserve(first, first + count);
            }
            for (int i = 0; i < count; i++) {
                if (offsets[i] != i) {
                    layer.move(first + offsets[i], first + i);
                }
            }
            layer.truncate(first + count);
        }
    }

    /// Brings the pages that hold slots `[from, to)` of layer `layer` back into memory, where they were
    /// evicted.
    void admit(CachedSequence sequence, KvCache cache, int layer, int from, int to) {
        CacheLayer own = layers[layer];
        int last = Math.min(own.pageCount(), (to + KvLayout.PAGE_TOKENS - 1) / KvLayout.PAGE_TOKENS);
        for (int page = from / KvLayout.PAGE_TOKENS; page < last; page++) {
            if (!own.resident(page)) {
                cache.fetch(sequence, layer, new int[] {page}, 1, new MemorySegment[] {own.admit(page)});
            }
        }
    }

    /// Stores rows of keys and values in slots `from..` of layer `layer`, whose pages are resident.
    void write(Kernels kernels, int layer, int from, Matrix keys, Matrix values, int rows) {
        CacheLayer own = layers[layer];
        own.reserve(from, from + rows);
        own.markPresent(from, from + rows);
        for (int row = 0; row < rows; row++) {
            KvWriter.store(kernels, own.blocks(), from + row, keys, values, row);
        }
    }
}

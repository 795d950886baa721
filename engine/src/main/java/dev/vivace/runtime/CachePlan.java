package dev.vivace.runtime;

import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.tensor.DType;

/// What a cache will take, before it is taken.
public final class CachePlan {
    private CachePlan() {}

    /// Bytes of keys and values of one token in all layers.
    public static long bytesPerToken(DecoderSpec spec, DType type) {
        long elements = 0;
        for (LayerSpec layer : spec.layers()) {
            elements += layer.keyWidth() + layer.valueWidth();
        }
        return type.bytes(elements);
    }
}

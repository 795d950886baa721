package dev.vivace.model;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.tensor.Tensor;
import java.util.Collections;
import java.util.List;

/// Llama 1 to 3.x and what is built like it: SmolLM2, stories260K. Grouped queries, SwiGLU, neighbouring pairs
/// rotated.
final class Llama implements Family {
    @Override
    public String architecture() {
        return "llama";
    }

    @Override
    public DecoderSpec spec(FamilyKeys keys, List<Tensor> tensors) {
        int width = keys.count("embedding_length");
        int heads = keys.count("attention.head_count");
        int keyDim = keys.headDim("attention.key_length", width, heads);
        LayerSpec layer = new LayerSpec(
                heads,
                keys.kvHeads(heads),
                keyDim,
                keys.headDim("attention.value_length", width, heads),
                keys.count("feed_forward_length"),
                Activation.SILU,
                0,
                (float) keys.positive("attention.scale", 1 / Math.sqrt(keyDim)),
                0,
                keys.rope(RopeStyle.INTERLEAVED, keyDim, tensors));
        return new DecoderSpec(
                architecture(),
                keys.name(),
                width,
                keys.vocabulary(tensors),
                keys.count("context_length"),
                (float) keys.positive("attention.layer_norm_rms_epsilon", 1e-5),
                1,
                0,
                Collections.nCopies(keys.layers(tensors), layer));
    }
}

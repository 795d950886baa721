package dev.vivace.model;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Gemma 3 (text): every sixth layer sees everything, the others a sliding window with a rotary base of their
/// own; queries and keys are normed, mixer and feed-forward outputs too; embeddings are scaled by the root of
/// the width.
final class Gemma3 implements Family {
    private static final int DEFAULT_PATTERN = 6;
    private static final double LOCAL_BASE = 10000;

    @Override
    public String architecture() {
        return "gemma3";
    }

    @Override
    public DecoderSpec spec(FamilyKeys keys, List<Tensor> tensors) {
        int width = keys.count("embedding_length");
        int count = keys.layers(tensors);
        int heads = keys.count("attention.head_count");
        int keyDim = keys.headDim("attention.key_length", width, heads);
        int window = keys.countOrNone("attention.sliding_window", 0);
        int pattern = keys.count("attention.sliding_window_pattern", DEFAULT_PATTERN);
        Rope global = keys.rope(RopeStyle.HALVES, keyDim, tensors);
        Rope local = new Rope(
                RopeStyle.HALVES,
                global.dimensions(),
                keys.positive("rope.freq_base_swa", LOCAL_BASE),
                new RopeScaling.None());
        List<LayerSpec> layers = new ArrayList<>();
        for (int layer = 0; layer < count; layer++) {
            boolean sliding = window > 0 && (layer + 1) % pattern != 0;
            layers.add(new LayerSpec(
                    heads,
                    keys.kvHeads(heads),
                    keyDim,
                    keys.headDim("attention.value_length", width, heads),
                    keys.count("feed_forward_length"),
                    Activation.GELU_TANH,
                    sliding ? window : 0,
                    (float) keys.positive("attention.scale", 1 / Math.sqrt(scaleDim(count, width, heads, keyDim))),
                    0,
                    sliding ? local : global));
        }
        return new DecoderSpec(
                architecture(),
                keys.name(),
                width,
                keys.vocabulary(tensors),
                keys.count("context_length"),
                (float) keys.positive("attention.layer_norm_rms_epsilon", 1e-6),
                (float) Math.sqrt(width),
                (float) keys.nonNegative("final_logit_softcapping", 0),
                layers);
    }

    /// The 27B model alone scales scores by the width shared among heads instead of the head's own size, and
    /// files do not say so.
    private static double scaleDim(int layers, int width, int heads, int keyDim) {
        int layersOf27B = 62;
        return layers == layersOf27B ? (double) width / heads : keyDim;
    }
}

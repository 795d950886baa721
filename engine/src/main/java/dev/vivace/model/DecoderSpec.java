package dev.vivace.model;

import java.util.List;

/// The shape of a decoder: everything about a model but its weights.
///
/// @param architecture the file's name for the family, such as `llama`
/// @param name the model's own name
/// @param width elements of a hidden state
/// @param vocabulary tokens
/// @param context positions the model is good for
/// @param normEpsilon added to the mean square by every norm
/// @param embeddingScale factor on token embeddings
/// @param logitSoftcap cap of the logits by tanh; 0 for none
/// @param layers first to last
public record DecoderSpec(
        String architecture,
        String name,
        int width,
        int vocabulary,
        int context,
        float normEpsilon,
        float embeddingScale,
        float logitSoftcap,
        List<LayerSpec> layers) {
    /// Copies the list.
    public DecoderSpec {
        layers = List.copyOf(layers);
    }

    /// The shape of layer `layer`.
    public LayerSpec layer(int layer) {
        return layers.get(layer);
    }

    /// The same with other layers.
    public DecoderSpec with(List<LayerSpec> other) {
        return new DecoderSpec(
                architecture, name, width, vocabulary, context, normEpsilon, embeddingScale, logitSoftcap, other);
    }
}

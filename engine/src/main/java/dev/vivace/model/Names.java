package dev.vivace.model;

/// The names that tensors have in a GGUF file.
public final class Names {
    /// Token embedding `[vocabulary, width]`.
    public static final String EMBEDDING = "token_embd.weight";
    /// Norm before the head `[width]`.
    public static final String OUTPUT_NORM = "output_norm.weight";
    /// Head `[vocabulary, width]`; absent where the embedding serves.
    public static final String OUTPUT = "output.weight";
    /// Divisors of rotary frequencies `[pairs]`.
    public static final String ROPE_FACTORS = "rope_freqs.weight";

    private Names() {}

    /// The name of tensor `part` of layer `layer`, such as `blk.3.attn_q.weight`.
    public static String layer(int layer, String part) {
        return "blk." + layer + "." + part;
    }
}

package dev.vivace.kernel;

/// Which elements of a head a rotary embedding pairs.
public enum RopeStyle {
    /// Neighbours `(2i, 2i+1)`: GGUF's Llama files.
    INTERLEAVED,
    /// Halves `(i, i + dim/2)`: GPT-NeoX, Gemma, Qwen.
    HALVES
}

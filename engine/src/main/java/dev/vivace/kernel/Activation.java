package dev.vivace.kernel;

/// The non-linearity of a gated feed-forward layer.
public enum Activation {
    /// `x * sigmoid(x)`: Llama.
    SILU,
    /// The tanh approximation of GELU, `x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))`: Gemma.
    GELU_TANH
}

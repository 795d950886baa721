package dev.vivace.runtime;

/// Is told what every operation of a step took: for finding what to make faster, see [Decoder#profile]. Called
/// on the thread that runs steps.
public interface StepProfile {
    /// What a step does. Operations that run in one parallel region count as one.
    enum Operation {
        /// Rows of the embedding.
        EMBEDDING,
        /// Normalisations of hidden states.
        NORM,
        /// Queries, keys and values; their biases and norms are [#ROPE].
        QKV,
        /// Biases, norms of heads and rotations.
        ROPE,
        /// Keys and values into the cache.
        STORE,
        /// Attention, its planning included.
        ATTENTION,
        /// The projection of the heads' outputs.
        OUTPUT,
        /// Gate, up and activation.
        GATE_UP,
        /// The projection back from the neurons.
        DOWN,
        /// Additions to hidden states.
        ADD,
        /// Logits.
        HEAD,
        /// Choosing tokens and handing them over.
        SAMPLE
    }

    /// An operation ran once.
    ///
    /// @param nanos time it took
    /// @param bytes weights, keys and values that had to be read for it at least once; 0 where it reads but
    ///     activations
    /// @param operations multiplications and additions of matrices and attention; 0 elsewhere
    void add(Operation operation, long nanos, long bytes, long operations);
}

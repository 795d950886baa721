package dev.vivace.kernel;

/// Why a row is computed. Kernels are chosen by phase, never by how many rows run, so that a row's bits do not
/// depend on its company: [#DECODE] and [#VERIFY] always share kernels (else no speculation is lossless).
public enum Phase {
    /// A position of the prompt.
    PREFILL,
    /// The next position of a sequence.
    DECODE,
    /// A drafted position, computed to be accepted or dropped.
    VERIFY;

    /// Whether rows of this phase run on the prefill kernels.
    public boolean isPrefill() {
        return this == PREFILL;
    }
}

package dev.vivace.kernel;

/// A weight matrix `[rows, columns]` in the layout that one [Kernels] wants; made by [Kernels#pack] and only
/// fit for the kernels that made it. Immutable; safe for all threads while the memory given to `pack` lives.
public interface Weights {
    /// Outputs.
    int rows();

    /// Inputs.
    int columns();

    /// Bytes read when every weight is read once.
    long bytes();
}

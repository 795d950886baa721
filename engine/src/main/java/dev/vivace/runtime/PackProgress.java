package dev.vivace.runtime;

/// Hears how far the packing of weights is.
public interface PackProgress {
    /// Hears nothing.
    PackProgress SILENT = (name, bytes) -> {};

    /// A matrix was packed; called on the loading thread.
    ///
    /// @param name the matrix
    /// @param bytes what it takes in the file
    void packed(String name, long bytes);
}

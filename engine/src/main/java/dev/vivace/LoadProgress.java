package dev.vivace;

/// Hears how far the loading of a model is. Loading again for techniques that change weights is told too.
public interface LoadProgress {
    /// Hears nothing.
    LoadProgress SILENT = (bytes, of) -> {};

    /// Some more weights are ready; called on the loading thread, last with `bytes` equal to `of`.
    ///
    /// @param bytes of the file's weights that are ready
    /// @param of all of them
    void loaded(long bytes, long of);
}

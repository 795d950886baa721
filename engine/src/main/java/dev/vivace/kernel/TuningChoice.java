package dev.vivace.kernel;

import java.nio.file.Path;

/// Where it comes from which kernel is taken where a level has several: this may change the last bits of results.
public sealed interface TuningChoice {
    /// Measured on this machine, once for each model of processor where there is a cache folder.
    record Measured() implements TuningChoice {}

    /// Never measured: the same kernels on every machine of a level.
    record Fixed() implements TuningChoice {}

    /// Read from a file that a measurement wrote, so that results do not vary between runs.
    ///
    /// @param file in the cache folder, or a copy of it
    record Pinned(Path file) implements TuningChoice {}
}

package dev.vivace.seam;

import dev.vivace.model.DecoderSpec;
import java.lang.foreign.MemorySegment;

/// The model's weights as packed: what parts multiply with inside a step. Names are those of the checkpoint
/// after all rewrites, see [dev.vivace.model.Names]; tensors that a rewrite added are there too.
public interface PackedModel {
    /// The model's shape, rewrites applied.
    DecoderSpec spec();

    /// The matrix called `name`.
    ///
    /// @throws IllegalArgumentException if the model has none
    Packed matrix(String name);

    /// The vector called `name` as aligned f32; empty if the model has none.
    MemorySegment vector(String name);
}

package dev.vivace.model;

import dev.vivace.tensor.Tensor;
import java.util.List;

/// A family of decoders: how a GGUF file's metadata describe a shape.
interface Family {
    /// What `general.architecture` says.
    String architecture();

    /// The shape of a model of this family.
    ///
    /// @param keys the file's metadata
    /// @param tensors the file's weights
    DecoderSpec spec(FamilyKeys keys, List<Tensor> tensors);
}

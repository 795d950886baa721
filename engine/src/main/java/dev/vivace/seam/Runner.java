package dev.vivace.seam;

import dev.vivace.model.DecoderSpec;
import java.util.List;

/// A model with its parts: runs steps. One step at a time; the model's own loop calls it, or a part that was
/// handed one.
public interface Runner {
    /// The model's shape.
    DecoderSpec spec();

    /// An empty sequence with this runner's parts.
    Sequence open();

    /// Runs a step: stores every row in its sequence and computes what is wanted. Sequences must come from this
    /// runner or from one that shares its weights.
    ///
    /// @return borrowed until the next step
    Results run(Batch batch);

    /// A runner over the same weights whose sequences have other request parts ([Attention], [Depth],
    /// [Prefill], [Decoding]).
    Runner with(List<Part> requestParts);
}

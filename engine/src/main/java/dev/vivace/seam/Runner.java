package dev.vivace.seam;

import dev.vivace.model.DecoderSpec;
import java.util.List;
import java.util.Optional;

/// A model with its parts: runs steps. One step at a time; the model's own loop calls it, or a part that was
/// handed one.
public interface Runner {
    /// The model's shape.
    DecoderSpec spec();

    /// An empty sequence with this runner's parts.
    Sequence open();

    /// A fork of `prefix` with this runner's parts, so that requests with different parts share what they begin
    /// with. States of parts that both runners have are forked, others begin empty.
    ///
    /// @param prefix opened by a runner over the same weights
    /// @return empty where that cannot be: keys and values are laid out otherwise, or a part of this runner
    ///     keeps a state that must have seen every slot
    Optional<Sequence> adopt(Sequence prefix);

    /// Runs a step: stores every row in its sequence and computes what is wanted. Sequences must come from this
    /// runner or from one that shares its weights.
    ///
    /// @return borrowed until the next step
    Results run(Batch batch);

    /// A runner over the same weights whose sequences have other request parts ([Attention], [Depth],
    /// [Prefill], [Decoding]).
    Runner with(List<Part> requestParts);
}

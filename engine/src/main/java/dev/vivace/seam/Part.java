package dev.vivace.seam;

import java.util.Optional;

/// A technique bound to a model: kernels resolved, services at hand. A part implements one or more seams; all
/// are bound the same way, by [Technique#bind]. Immutable but for counters; safe for all sequences of its
/// model.
public sealed interface Part
        permits Rewrite,
                Linear,
                Mixer,
                Attention,
                KvCache,
                FeedForward,
                Depth,
                Prefill,
                Decoding,
                Scheduling,
                Placement,
                Search {
    /// The state this part keeps for a new sequence, if it keeps any. Found again by [Sequence#state].
    default Optional<PartState> newState() {
        return Optional.empty();
    }
}

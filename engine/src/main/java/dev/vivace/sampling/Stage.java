package dev.vivace.sampling;

/// One stage of a sampling chain: an immutable description that changes logits or removes candidates.
public sealed interface Stage permits Penalties, LogitBias, Temperature, TopK, TopP, MinP {
    /// The name under which a chain's order lists this stage.
    StageName stageName();

    /// The stage made ready for one request. `history` is the request's, borrowed for as long as the result is used.
    Bound bind(History history);

    /// A stage of one request. Used by one thread at a time; allocates nothing once its arrays have grown.
    @FunctionalInterface
    interface Bound {
        /// Changes the logits of `candidates`, or removes some.
        void apply(Candidates candidates);
    }
}

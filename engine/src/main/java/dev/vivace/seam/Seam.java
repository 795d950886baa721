package dev.vivace.seam;

/// The places at which the engine lets a method step in; each has one plain default.
public enum Seam {
    /// How weights change before they are packed. Default: not at all.
    REWRITE(Scope.MODEL),
    /// How a matrix is stored and multiplied. Default: the file's own format.
    LINEAR(Scope.MODEL),
    /// How the positions of a layer mix. Default: softmax attention.
    MIXER(Scope.MODEL),
    /// Which positions a head reads. Default: all, causal.
    ATTENTION(Scope.REQUEST),
    /// Layout, tier and codec of keys and values. Default: paged, f16.
    KV_CACHE(Scope.MODEL),
    /// Which neurons or experts work. Default: all.
    FEED_FORWARD(Scope.MODEL),
    /// Which rows run in a layer. Default: all.
    DEPTH(Scope.REQUEST),
    /// How a prompt becomes cache state. Default: in chunks.
    PREFILL(Scope.REQUEST),
    /// Which rows to try next, and what to accept. Default: one by one.
    DECODING(Scope.REQUEST),
    /// Whose rows run in the next step. Default: continuous batching with split prefill.
    SCHEDULING(Scope.SERVER),
    /// Which machine or tier holds what. Default: one machine, RAM.
    PLACEMENT(Scope.MODEL),
    /// How many answers are tried and how one is chosen. Default: one.
    SEARCH(Scope.REQUEST);

    /// What a seam's part belongs to.
    public enum Scope {
        /// Fixed when weights are packed: sessions that differ here do not share packed weights.
        MODEL,
        /// Each request may have its own.
        REQUEST,
        /// One for everybody.
        SERVER
    }

    private final Scope scope;

    Seam(Scope scope) {
        this.scope = scope;
    }

    /// What a part at this seam belongs to.
    public Scope scope() {
        return scope;
    }
}

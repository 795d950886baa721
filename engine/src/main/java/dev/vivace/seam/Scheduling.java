package dev.vivace.seam;

import java.util.List;

/// Rows, draft length and pre-emption for everyone's next step.
public non-sealed interface Scheduling extends Part {
    /// Plans one step.
    ///
    /// @param load how busy the model is
    /// @param prefilling requests whose prompt is not stored yet, oldest first
    /// @param decoding requests that make tokens
    /// @param out gets each request's share; a request without one waits
    void plan(Load load, List<? extends Request> prefilling, List<? extends Request> decoding, Budget out);

    /// How busy the model is.
    ///
    /// @param waiting requests whose prompt is not stored yet
    /// @param running requests that make tokens
    /// @param freePages cache pages that can still be taken in each layer
    /// @param rowsPerSecond rows computed lately
    record Load(int waiting, int running, long freePages, double rowsPerSecond) {}

    /// Where a plan is written.
    interface Budget {
        /// `prefill` rows of its prompt and up to `draft` drafted rows for `request`.
        void rows(Request request, int prefill, int draft);

        /// Gives the request's pages back; it starts over with its prompt and what it said so far when it gets
        /// rows again.
        void preempt(Request request);
    }
}

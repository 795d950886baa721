package dev.vivace.seam;

/// How a prompt becomes cache state, as a job of small steps.
public non-sealed interface Prefill extends Part {
    /// Begins with a prompt of which `request.cached()` tokens are stored.
    Job start(Request request, Runner runner);

    /// One prompt's way into the cache.
    interface Job {
        /// Adds up to `maxRows` rows to the step; the last row of the prompt asks for its logits.
        ///
        /// @return rows added
        int next(int maxRows, Batch out);

        /// Takes what came of the rows added last.
        ///
        /// @return the batch row whose logits give the first token, or -1 while the job goes on
        int take(Results results);
    }
}

package dev.vivace.seam;

import java.util.List;

/// Which rows to try next, and what to accept; never owns the loop.
public non-sealed interface Decoding extends Part {
    /// Adds rows for each request. Called once a step with all requests that decode with this part; may run its
    /// own [Runner]s, batched.
    void propose(List<? extends Request> requests, Batch out);

    /// Reads the step's results for one request; keeps or cuts the sequence so that it holds all tokens but the
    /// last accepted.
    ///
    /// @param emitted room for the accepted tokens, at least `request.draftBudget() + 1`
    /// @return how many tokens were accepted
    int accept(Results results, Request request, int[] emitted);

    /// The first token, from the logits of the prompt's last row.
    default int begin(Results results, int row, Request request, int[] emitted) {
        int token = request.sampler()
                .sample(
                        results.logits().data(),
                        results.logits().offset(results.logitsRow(row)),
                        results.logits().columns());
        emitted[0] = token;
        return 1;
    }
}

package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import java.util.List;

/// Which rows to try next, and what to accept; never owns the loop.
public non-sealed interface Decoding extends Part {
    /// Adds rows for each request. Called once a step with all requests that decode with this part; may run its
    /// own [Runner]s, batched.
    void propose(List<? extends Request> requests, Batch out);

    /// Reads the step's results for one request and accepts 1 or more tokens; keeps or cuts the sequence so
    /// that it holds all tokens but the last accepted. Tells the request's sampler of none: the engine does.
    void accept(Results results, Request request, Accepted out);

    /// The first token, from the logits of the prompt's last row.
    default void begin(Results results, int row, Request request, Accepted out) {
        Matrix logits = results.logits();
        long offset = logits.offset(results.logitsRow(row));
        out.add(request.sampler().sample(logits.data(), offset, logits.columns()), row);
    }
}

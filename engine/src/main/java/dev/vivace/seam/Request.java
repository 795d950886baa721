package dev.vivace.seam;

import dev.vivace.sampling.Sampler;

/// One answer being made, as its parts see it.
public interface Request {
    /// Its cache and states.
    Sequence sequence();

    /// Its whole prompt as tokens.
    int[] prompt();

    /// How many tokens of the prompt the sequence had stored already when the request began.
    int cached();

    /// Its sampler: turns logits into tokens.
    Sampler sampler();

    /// The latest token that is not stored yet: what the next step begins with.
    int pending();

    /// Tokens that may still be made.
    int remaining();

    /// Drafted rows that scheduling allows in the next step.
    int draftBudget();
}

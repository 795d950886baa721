package dev.vivace.seam;

import dev.vivace.kernel.Phase;

/// Some rows of a step that run in a layer, in the order in which matrices hold them: row `i` here is row `i`
/// of every matrix
/// handed over with it. Rows of decode and verify come first, then those of prefill. Reused: good until the
/// call returns.
public interface Rows {
    /// How many.
    int count();

    /// How many of them, the first, are of phase decode or verify.
    int decodeCount();

    /// The row's index in the [Batch].
    int batchRow(int i);

    /// The row's sequence.
    Sequence sequence(int i);

    /// The row's slot in its sequence.
    int slot(int i);

    /// The row's position in the text.
    int position(int i);

    /// The row's phase.
    Phase phase(int i);

    /// The step's rows, with tokens and parents.
    Batch batch();

    /// Counts steps of the model; grows by one each.
    long stepId();
}

package dev.vivace.seam;

import dev.vivace.kernel.Phase;

/// Some rows of a step that run in a layer, in the order in which matrices hold them: row `i` here is row `i`
/// of every matrix handed over with it. Rows of decode and verify come first, then those of prefill. Reused:
/// good until the call returns.
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

    /// The weights of the model that runs.
    PackedModel model();

    /// Some of these rows, as a view that is good until the next call: row `i` of it is row `rows[i]` here.
    /// What works per row on a part of the rows (an expert's, those of one state) hands it on with gathered
    /// matrices.
    ///
    /// @param rows ascending
    /// @param count how many of `rows` count
    Rows some(int[] rows, int count);

    /// Counts steps of the model; grows by one each.
    long stepId();
}

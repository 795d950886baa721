package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// What a step hands back for the rows that asked. Borrowed: good until the next step of any runner over the
/// same weights.
public interface Results {
    /// The batch that ran, rows spawned on the way included.
    Batch batch();

    /// The matrix that holds the logits, `[rows that asked, vocabulary]`.
    Matrix logits();

    /// The row of [#logits] that belongs to batch row `row`.
    int logitsRow(int row);

    /// The slot in which batch row `row` was stored.
    int slot(int row);

    /// The hidden state that entered layer `layer`, `[width]`.
    MemorySegment hidden(int row, int layer);

    /// Attention probabilities of the row in the layer, `[heads, slots]` with `slots` as long as the sequence
    /// was after the step.
    MemorySegment scores(int row, int layer);

    /// Sum of probabilities over the sequence's rows that asked, `[heads, slots]`.
    MemorySegment mass(Sequence sequence, int layer);
}

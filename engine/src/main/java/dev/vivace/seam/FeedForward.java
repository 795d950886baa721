package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import java.util.Set;

/// Which neurons or experts work, per row.
public non-sealed interface FeedForward extends Part {
    /// Whether this part runs layer `layer`; else the model's own does.
    boolean runs(int layer);

    /// How the layer's matrices are used, so that they are packed to allow it.
    default Set<Linear.Use> uses() {
        return Set.of(Linear.Use.ROWS);
    }

    /// Runs the layer, with the matrices of [Rows#model] or its own.
    ///
    /// @param x normed hidden states `[rows, width]`
    /// @param out what is added to the hidden states `[rows, width]`, overwritten
    void run(Rows rows, int layer, Matrix x, Matrix out);
}

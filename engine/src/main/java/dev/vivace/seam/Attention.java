package dev.vivace.seam;

import dev.vivace.tensor.Matrix;
import java.util.Optional;

/// Which stored positions each head reads, in layers of softmax attention.
public non-sealed interface Attention extends Part {
    /// The form of stored keys that this part needs in layer `layer`.
    default KeyForm keys(int layer) {
        return KeyForm.ROTATED;
    }

    /// Chooses slots. Called once a layer with all rows of the step whose requests have this part.
    ///
    /// @param rows the rows; several sequences may be among them, each one's rows together
    /// @param queries `[rows, heads * keyDim]`, each row in the form of its sequence's keys
    /// @param out to be filled; rows and heads left out read everything
    void select(Rows rows, int layer, Matrix queries, Selection out);

    /// A further partial to be merged in: attention over something that is not in the cache.
    ///
    /// @param rows as given to [#select]
    /// @param queries as given to [#select]
    default Optional<Partial> extra(Rows rows, int layer, Matrix queries) {
        return Optional.empty();
    }
}

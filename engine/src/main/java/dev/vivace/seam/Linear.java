package dev.vivace.seam;

import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.Set;

/// How a matrix is stored and multiplied. The first part of the plan that packs a matrix has it; the default is
/// the file's own format.
public non-sealed interface Linear extends Part {
    /// How a matrix will be used, which its layout must allow.
    enum Use {
        /// All outputs.
        ROWS,
        /// Some outputs, chosen per step.
        SUBSET,
        /// Some inputs, chosen per step.
        BY_INPUT
    }

    /// The matrix in this part's storage, or empty to leave it to the next. What it allocates lives in `arena`
    /// or is freed by its close.
    Optional<Packed> pack(Tensor weights, Set<Use> uses, Arena arena);
}

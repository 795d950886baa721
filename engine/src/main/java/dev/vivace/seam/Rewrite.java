package dev.vivace.seam;

import dev.vivace.model.Checkpoint;
import java.lang.foreign.Arena;
import java.util.List;

/// Changes weights before they are packed. Several are applied in order of [#stage].
public non-sealed interface Rewrite extends Part {
    /// What kind of change it is; the order is fixed.
    enum Stage {
        /// Shapes change: pruning, merging, another attention.
        STRUCTURE,
        /// Same function, other numbers: rotations, permutations, scales.
        ROTATION,
        /// Same numbers, other storage.
        FORMAT
    }

    /// When it is applied.
    Stage stage();

    /// Where it wants to look while the plain model reads the calibration text, before [#apply].
    default List<Tap> taps() {
        return List.of();
    }

    /// The changed checkpoint; new weights live in `arena`.
    Checkpoint apply(Checkpoint in, Arena arena);
}

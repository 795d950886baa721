package dev.vivace.seam;

import dev.vivace.kernel.Phase;
import java.util.Set;

/// What a technique does that others in the same plan must agree with. Conflicts follow from claims by rule,
/// never from a table of pairs.
public sealed interface Claim {
    /// Takes the seam for itself: no second technique may take it.
    ///
    /// @param seam the seam taken
    record Takes(Seam seam) implements Claim {}

    /// Stands around whatever fills the seam; any number may.
    ///
    /// @param seam the seam wrapped
    record Wraps(Seam seam) implements Claim {}

    /// Selects slots by looking at queries, in these phases. One such technique a phase.
    ///
    /// @param phases when
    record SelectsDynamically(Set<Phase> phases) implements Claim {
        /// Copies the set.
        public SelectsDynamically {
            phases = Set.copyOf(phases);
        }
    }

    /// Masks slots by position alone; several intersect.
    record MasksStatically() implements Claim {}

    /// Needs keys stored in this form.
    ///
    /// @param form the form
    record NeedsKeys(KeyForm form) implements Claim {}

    /// Keeps state that cannot be cut back.
    record CannotTruncate() implements Claim {}

    /// Drafts rows that may be dropped.
    record Speculates() implements Claim {}

    /// Changes weights, at this stage.
    ///
    /// @param stage when
    record Rewrites(Rewrite.Stage stage) implements Claim {}

    /// Changes stored keys and values: caches are not shared with plans that lack it.
    record ChangesKeys() implements Claim {}

    /// What a row gets depends on the rows beside it: not lossless under batching.
    record DependsOnStepMates() implements Claim {}

    /// Cannot stand beside another technique for a reason no rule covers.
    ///
    /// @param id the other's id
    /// @param reason why, as the end of a sentence
    record Excludes(String id, String reason) implements Claim {}
}

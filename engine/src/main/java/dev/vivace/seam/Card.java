package dev.vivace.seam;

import java.util.List;
import java.util.Set;

/// What a technique is: shown by `vivace techniques`, read by [Plan] and by the conformance tests.
///
/// @param id its name in plans, lower case with dashes, such as `prompt-lookup`
/// @param title its name in its paper
/// @param paper where it was published
/// @param kind what sort of thing it is
/// @param seams where it steps in
/// @param exactness how close its answers are
/// @param knobs its options
/// @param claims what it does that others must agree with; [Plan]'s rules read them
/// @param status how far it is proven
public record Card(
        String id,
        String title,
        Paper paper,
        Kind kind,
        Set<Seam> seams,
        Exactness exactness,
        List<Knob> knobs,
        List<Claim> claims,
        Status status) {
    /// Checks the id and copies the collections.
    public Card {
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("id=" + id + " is not lower case with dashes");
        }
        seams = Set.copyOf(seams);
        knobs = List.copyOf(knobs);
        claims = List.copyOf(claims);
    }

    /// A publication.
    ///
    /// @param authors as cited
    /// @param title its title
    /// @param year of publication
    /// @param link where to read it
    public record Paper(String authors, String title, int year, String link) {}

    /// One option.
    ///
    /// @param name as in plans and in the options record
    /// @param type such as `int` or `double`
    /// @param fallback the default
    /// @param range allowed values in words
    /// @param effect what it changes, with its unit
    public record Knob(String name, String type, String fallback, String range, String effect) {}

    /// Sorts of cards.
    public enum Kind {
        /// A part behind a seam.
        PLUG_IN,
        /// A net of its own.
        NETWORK,
        /// A way to train.
        RECIPE,
        /// A way to measure.
        EVALUATION,
        /// What the engine does anyway.
        DEFAULT
    }

    /// How far a technique is proven.
    public enum Status {
        /// Works; may change.
        EXPERIMENTAL,
        /// Passes conformance and wins in one named setting.
        STABLE
    }
}

package dev.vivace.seam;

import dev.vivace.model.DecoderSpec;
import java.util.List;

/// One published method: its options (a nested record, the implementing class's state), its card, and how it
/// binds to a model. Immutable; two techniques with equal options are equal.
public interface Technique {
    /// What it is and what it may stand beside.
    Card card();

    /// The knobs as set: a record whose components are those of [Card#knobs].
    Record options();

    /// Why it cannot run on a model; empty when it can. Every reason is given, not only the first.
    default List<String> unsupported(DecoderSpec model) {
        return List.of();
    }

    /// The parts that fill its seams, for one model.
    List<Part> bind(Bind bind);
}

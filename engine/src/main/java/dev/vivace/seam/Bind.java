package dev.vivace.seam;

import dev.vivace.model.Checkpoint;
import java.util.List;

/// What a technique is given to bind to a model.
///
/// @param checkpoint the model's shape and weights as the file (or the rewrites before) have them
/// @param services what the engine lends
/// @param inner parts bound before, outermost last: a wrapper finds there what it wraps
public record Bind(Checkpoint checkpoint, Services services, List<Part> inner) {
    /// Copies the list.
    public Bind {
        inner = List.copyOf(inner);
    }

    /// The parts bound before at seam `type`, outermost last.
    public <P extends Part> List<P> inner(Class<P> type) {
        return inner.stream().filter(type::isInstance).map(type::cast).toList();
    }
}

package dev.vivace.kernel.x86;

import dev.vivace.kernel.x86.Alternative.Way;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// One [Alternative] that may be measured: families of kernels hand these in.
///
/// @param alternative what is done
/// @param ways for each way that this level has: makes operands in the arena, small enough for the second-level cache,
///     and gives what runs the kernel on them once, some tens of microseconds; equal work for all ways
public record Contest(Alternative alternative, Map<Way, Function<Arena, Runnable>> ways) {
    /// Copies the map.
    public Contest {
        ways = Map.copyOf(ways);
        if (!alternative.ways().containsAll(ways.keySet()) || ways.isEmpty()) {
            throw new IllegalArgumentException(alternative + " has no ways " + ways.keySet());
        }
    }

    /// The ways there are, the one first that should be best.
    List<Way> order() {
        return alternative.ways().stream().filter(ways::containsKey).toList();
    }
}

package dev.vivace.kernel.x86;

import dev.vivace.kernel.x86.Alternative.Way;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which kernel is taken where a level has several.
///
/// @param verdicts what was measured, by alternative
public record Tuning(Map<Alternative, Verdict> verdicts) {
    /// Nothing measured.
    public static final Tuning NONE = new Tuning(Map.of());

    /// What one measurement gave.
    ///
    /// @param way the one taken
    /// @param nanos the best time of each way
    public record Verdict(Way way, Map<Way, Long> nanos) {
        /// Copies the map in the order of ways.
        public Verdict {
            nanos = nanos.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(nanos));
        }
    }

    /// Copies the map in the order of alternatives.
    public Tuning {
        verdicts = verdicts.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(verdicts));
    }

    /// The way that won; empty where nothing was measured.
    public Optional<Way> way(Alternative alternative) {
        @Nullable Verdict verdict = verdicts.get(alternative);
        return Optional.ofNullable(verdict).map(Verdict::way);
    }
}

package dev.vivace.sampling;

import dev.vivace.OptionException;

/// Divides every logit by a temperature. At 0 only the best candidate stays (the lowest id among equals), which
/// makes
/// the whole chain greedy.
///
/// @param temperature 0 for greedy, else 1e-6 to 1e6; below 1 sharpens, above 1 flattens
public record Temperature(float temperature) implements Stage {
    private static final float LOWEST = 1e-6f;
    private static final float HIGHEST = 1e6f;

    /// Checks the range.
    public Temperature {
        if (temperature != 0 && !(temperature >= LOWEST && temperature <= HIGHEST)) {
            throw new OptionException(
                    "temperature=" + Range.plain(temperature) + ", expected 0 (greedy) or 0.000001 to 1000000");
        }
    }

    /// Whether only the best candidate stays.
    public boolean isGreedy() {
        return temperature == 0;
    }

    @Override
    public StageName stageName() {
        return StageName.TEMPERATURE;
    }

    @Override
    public Bound bind(History history) {
        if (isGreedy()) {
            return Candidates::keepBest;
        }
        return temperature == 1 ? candidates -> {} : candidates -> candidates.divide(temperature);
    }
}

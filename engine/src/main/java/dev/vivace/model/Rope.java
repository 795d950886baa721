package dev.vivace.model;

import dev.vivace.kernel.RopeStyle;

/// A rotary position embedding (Su et al. 2021): pair `i` of a head turns by `position * frequency[i]`.
///
/// @param style which elements form a pair
/// @param dimensions elements of a head that turn, even; the rest stay
/// @param base wave-length base, 10000 in the paper
/// @param scaling how it is stretched
public record Rope(RopeStyle style, int dimensions, double base, RopeScaling scaling) {
    /// Radians per position of each pair, `[dimensions / 2]`.
    public double[] frequencies() {
        double[] frequencies = new double[dimensions / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double plain = Math.pow(base, -2.0 * i / dimensions);
            frequencies[i] = scaled(plain, i);
        }
        return frequencies;
    }

    private double scaled(double plain, int pair) {
        if (scaling instanceof RopeScaling.None) {
            return plain; // linking the switch takes longer than all else here
        }
        return switch (scaling) {
            case RopeScaling.None() -> plain;
            case RopeScaling.Linear(double factor) -> plain / factor;
            case RopeScaling.Factors(float[] factors) -> plain / factors[pair];
            case RopeScaling.Yarn yarn -> yarn(yarn, plain, pair);
            case RopeScaling.Llama3 llama -> llama3(llama, plain);
        };
    }

    /// Factor on the cosines and sines, 1 unless the scaling sharpens scores.
    public double magnitude() {
        return scaling instanceof RopeScaling.Yarn yarn ? yarn.magnitude() : 1;
    }

    /// Peng et al. 2023, section 3.2 ("NTK-by-parts"): a ramp over pair indices between the two numbers of
    /// turns.
    private double yarn(RopeScaling.Yarn yarn, double plain, int pair) {
        double low = Math.max(0, Math.floor(pairOfTurns(yarn.betaFast(), yarn.originalContext())));
        double high = Math.min(dimensions - 1.0, Math.ceil(pairOfTurns(yarn.betaSlow(), yarn.originalContext())));
        double ramp = Math.clamp((pair - low) / Math.max(0.001, high - low), 0, 1);
        return plain / yarn.factor() * ramp + plain * (1 - ramp);
    }

    /// The (fractional) pair that makes `turns` full turns over `context` positions.
    private double pairOfTurns(double turns, int context) {
        return dimensions * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }

    private static double llama3(RopeScaling.Llama3 llama, double plain) {
        double wave = 2 * Math.PI / plain;
        if (wave < llama.originalContext() / llama.highFactor()) {
            return plain;
        }
        if (wave > llama.originalContext() / llama.lowFactor()) {
            return plain / llama.factor();
        }
        double blend = (llama.originalContext() / wave - llama.lowFactor()) / (llama.highFactor() - llama.lowFactor());
        return (1 - blend) * plain / llama.factor() + blend * plain;
    }
}

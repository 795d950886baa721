package dev.vivace.model;

/// How a rotary embedding is stretched beyond the context that the model was trained on.
public sealed interface RopeScaling {
    /// Positions as they are.
    record None() implements RopeScaling {}

    /// Every frequency divided by `factor` (Chen et al. 2023, "Extending context window ... via positional
    /// interpolation").
    ///
    /// @param factor stretch, above 0
    record Linear(double factor) implements RopeScaling {}

    /// YaRN (Peng et al. 2023): slow frequencies are interpolated, fast ones kept, with a ramp between, and
    /// scores sharpened.
    ///
    /// @param factor stretch, above 0
    /// @param originalContext positions the model was trained on
    /// @param betaFast turns over the original context above which a frequency is kept (paper: 32)
    /// @param betaSlow turns below which it is fully interpolated (paper: 1)
    /// @param magnitude factor on queries and keys; the paper's `0.1 ln(factor) + 1` where a file gives none
    record Yarn(double factor, int originalContext, double betaFast, double betaSlow, double magnitude)
            implements RopeScaling {}

    /// Llama 3.1: long waves divided by `factor`, short ones kept, a linear blend between.
    ///
    /// @param factor stretch of long waves
    /// @param lowFactor waves longer than `originalContext / lowFactor` are stretched
    /// @param highFactor waves shorter than `originalContext / highFactor` are kept
    /// @param originalContext positions the model was trained on
    record Llama3(double factor, double lowFactor, double highFactor, int originalContext) implements RopeScaling {}

    /// Each frequency divided by its own factor, as a file's `rope_freqs.weight` lists them.
    ///
    /// @param factors one for each pair of elements; not changed after
    record Factors(float[] factors) implements RopeScaling {
        /// Copies the factors.
        public Factors {
            factors = factors.clone();
        }
    }
}

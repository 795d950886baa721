package dev.vivace.kernel.x86;

/// A tuning and where it comes from.
///
/// @param tuning the choices
/// @param origin in plain words
public record Tuned(Tuning tuning, String origin) {
    /// Where there is nothing to choose.
    public static final Tuned SINGLE =
            new Tuned(Tuning.NONE, "nothing to measure: this level has one kernel for everything");

    /// The first way of everything though there are others.
    public static final Tuned FIXED = new Tuned(Tuning.NONE, "fixed, nothing was measured");
}

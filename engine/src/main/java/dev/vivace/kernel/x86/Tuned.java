package dev.vivace.kernel.x86;

/// A tuning and where it comes from.
///
/// @param tuning the choices
/// @param origin in plain words
public record Tuned(Tuning tuning, String origin) {
    /// The first way of everything.
    public static final Tuned FIXED = new Tuned(Tuning.NONE, "fixed, nothing was measured");
}

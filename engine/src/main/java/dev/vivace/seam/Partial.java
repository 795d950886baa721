package dev.vivace.seam;

import dev.vivace.tensor.Matrix;

/// Attention over some keys: what merges with attention over others. The engine merges partials by their sums.
///
/// @param out normalised outputs `[rows, heads * valueDim]`
/// @param lse natural log of the sums of exponentials `[rows, heads]`; minus infinity where nothing was read
public record Partial(Matrix out, Matrix lse) {}

package dev.vivace.house.planted.kernel;

import dev.vivace.house.planted.model.Hidden;

/// Breaks: kernels know only tensors.
public record Kernel(Hidden model) {}

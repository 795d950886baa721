package dev.vivace.house.planted.tensor;

import dev.vivace.house.planted.kernel.Kernel;

/// Breaks: tensors know nothing else.
record Shape(Kernel kernel) {}

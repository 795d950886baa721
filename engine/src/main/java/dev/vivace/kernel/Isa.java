package dev.vivace.kernel;

/// A level of machine that kernels are written for, weakest first.
public enum Isa {
    /// Plain Java loops.
    SCALAR,
    /// The Vector API at the machine's preferred width.
    VECTOR
}

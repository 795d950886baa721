package dev.vivace.kernel;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// The inputs of a multiply: rows of f32, and the same rows in the form that the weights want them in. Fields
/// are plain so that filling them costs nothing.
public final class Inputs {
    /// `[rows, columns]`.
    public Matrix x;
    /// The form of [#prepared].
    public InputForm form = InputForm.F32;
    /// What [Kernels#prepare] wrote, at least [Kernels#inputBytes] long, 64-byte aligned; unused for
    /// [InputForm#F32].
    public MemorySegment prepared = MemorySegment.NULL;

    /// @param x the rows
    public Inputs(Matrix x) {
        this.x = x;
    }
}

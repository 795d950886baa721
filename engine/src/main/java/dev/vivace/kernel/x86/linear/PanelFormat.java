package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/// One stored format at one level: how weights are packed into *panels* of [#OUTPUTS] outputs, and multiplied.
///
/// A panel holds all inputs of its outputs, so that its kernels walk memory once from front to back; the outputs
/// lie side by side in the lanes of vectors, so that no sum ever crosses lanes. Every lane adds up in the order
/// of inputs, whatever else is computed beside it.
interface PanelFormat {
    /// Outputs of a panel: the lanes of a 512-bit vector of f32, or of two 256-bit ones.
    int OUTPUTS = 16;

    /// The form that inputs must have.
    InputForm inputForm(Phase phase);

    /// Bytes of a panel of `columns` inputs, a multiple of 64.
    long panelBytes(int columns);

    /// Packs panels `[from, to)` of `tensor`, panel `from` at the start of `out`. Outputs past the tensor's last
    /// row repeat that row: what they give is dropped.
    void pack(Tensor tensor, int from, int to, MemorySegment out);

    /// Scratch that [#multiply] needs beside what it is given.
    long scratchBytes(int columns);

    /// Multiplies rows `[rowFrom, rowTo)` of `inputs` by `count` panels that lie one after another at address
    /// `panels`; row `r`, output `o` goes to `y + (r - rowFrom) * yStride + 4 * o`, for all outputs of all
    /// panels.
    ///
    /// @param yStride bytes
    void multiply(
            Phase phase,
            long panels,
            int count,
            int columns,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            long y,
            long yStride,
            MemorySegment scratch);
}

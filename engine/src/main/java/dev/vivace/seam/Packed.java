package dev.vivace.seam;

import dev.vivace.tensor.Matrix;

/// A matrix `[outputs, inputs]` as a [Linear] part stored it, ready to multiply. Called from the step's own
/// thread; spreads its work over the workers itself.
public interface Packed extends AutoCloseable {
    /// Outputs.
    int outputs();

    /// Inputs.
    int inputs();

    /// Bytes read by one multiplication of one row.
    long bytes();

    /// `y[i] = x[i] W^T` for every row `i` of `rows`.
    void multiply(Rows rows, Matrix x, Matrix y);

    /// As [#multiply] for the listed outputs only; others of `y` stay as they are. Needs [Linear.Use#SUBSET].
    void multiplySome(Rows rows, Matrix x, Matrix y, int[] outputs, int count);

    /// `y[i] = sum over listed inputs k of x[i, k] W[:, k]`. Needs [Linear.Use#BY_INPUT].
    void multiplyByInput(Rows rows, Matrix x, Matrix y, int[] inputs, int count);

    /// Writes row `output` of the matrix as f32 to row `i` of `y`: an embedding.
    void row(int output, Matrix y, int i);

    /// Frees the packed copy; idempotent.
    @Override
    void close();
}

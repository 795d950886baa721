package dev.vivace.runtime;

import dev.vivace.tensor.Matrix;

/// Views of matrices.
final class Views {
    private Views() {}

    /// The first `columns` columns; a matrix without rows stays as it is.
    static Matrix columns(Matrix matrix, int columns) {
        return matrix.columns() == columns || matrix.rows() == 0
                ? matrix
                : new Matrix(matrix.data(), matrix.rows(), columns, matrix.stride());
    }
}

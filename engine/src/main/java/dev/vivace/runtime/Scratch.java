package dev.vivace.runtime;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One matrix that grows with the rows of a step and keeps its memory between steps.
final class Scratch implements AutoCloseable {
    /// A matrix without rows.
    static final Matrix NOTHING = new Matrix(MemorySegment.NULL, 0, 0, 0);

    private final int columns;
    private @Nullable Arena arena;
    private Matrix matrix = NOTHING;

    Scratch(int columns) {
        this.columns = columns;
    }

    /// At least `rows` rows; their content is lost when the matrix grows.
    @SuppressWarnings("MustBeClosedChecker") // kept, and closed by close()
    Matrix rows(int rows) {
        if (matrix.rows() < rows) {
            Arena old = arena;
            Arena next = Arena.ofShared();
            arena = next;
            matrix = Matrix.allocate(next, Math.max(rows, Math.min(matrix.rows() * 2, rows + 64)), columns);
            if (old != null) {
                old.close();
            }
        }
        return matrix;
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
            matrix = NOTHING;
        }
    }
}

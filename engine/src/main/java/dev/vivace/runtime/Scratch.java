package dev.vivace.runtime;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One matrix that grows with the rows of a step and keeps its memory between steps, and views of it.
final class Scratch implements AutoCloseable {
    /// A matrix without rows.
    static final Matrix NOTHING = new Matrix(MemorySegment.NULL, 0, 0, 0);

    private final int columns;
    private @Nullable Arena arena;
    private Matrix matrix = NOTHING;

    /// Narrower views, one for each width that layers have.
    private Matrix[] views = {};

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
            views = new Matrix[0];
            if (old != null) {
                old.close();
            }
        }
        return matrix;
    }

    /// As [#rows], of which only the first `width` columns count. Views are kept: a step makes no new ones.
    Matrix rows(int rows, int width) {
        Matrix whole = rows(rows);
        if (whole.columns() == width || whole.rows() == 0) {
            return whole;
        }
        for (Matrix view : views) {
            if (view.columns() == width) {
                return view;
            }
        }
        Matrix view = new Matrix(whole.data(), whole.rows(), width, whole.stride());
        views = Arrays.copyOf(views, views.length + 1);
        views[views.length - 1] = view;
        return view;
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
            matrix = NOTHING;
            views = new Matrix[0];
        }
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// Inputs in the form that weights want, with memory that grows and is kept.
final class PreparedRows implements AutoCloseable {
    private final Inputs inputs = new Inputs(Scratch.NOTHING);
    private @Nullable Arena arena;

    Inputs inputs() {
        return inputs;
    }

    /// Points the inputs at `x` in `form`; nothing is prepared yet.
    void point(Matrix x, InputForm form) {
        inputs.x = x;
        inputs.form = form;
    }

    /// Room for `bytes` bytes; what was there is lost when it grows.
    @SuppressWarnings("MustBeClosedChecker") // kept, and closed by close()
    void reserve(long bytes) {
        if (bytes <= inputs.prepared.byteSize()) {
            return;
        }
        Arena old = arena;
        Arena next = Arena.ofShared();
        arena = next;
        inputs.prepared = next.allocate(bytes + bytes / 4, Matrix.ALIGNMENT);
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }
}

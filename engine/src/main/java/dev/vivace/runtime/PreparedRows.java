package dev.vivace.runtime;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Kernels;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// The inputs of one phase in the form that weights want; memory grows and is kept.
final class PreparedRows implements AutoCloseable {
    private final Inputs inputs = new Inputs(Scratch.NOTHING);
    private @Nullable Arena arena;

    /// What was prepared last.
    Inputs inputs() {
        return inputs;
    }

    /// Brings rows `[from, to)` of `x` into `form`.
    void prepare(Kernels kernels, InputForm form, Matrix x, int from, int to) {
        inputs.x = x;
        inputs.form = form;
        long bytes = kernels.inputBytes(form, to, x.columns());
        if (bytes > inputs.prepared.byteSize()) {
            grow(bytes);
        }
        kernels.prepare(inputs, from, to);
    }

    @SuppressWarnings("MustBeClosedChecker") // kept, and closed by close()
    private void grow(long bytes) {
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

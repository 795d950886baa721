package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Weights;
import dev.vivace.seam.Linear;
import dev.vivace.seam.Packed;
import dev.vivace.seam.Rows;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The default storage of matrices: the file's own format, in the layout that the kernels want.
final class FormatLinear implements Linear {
    private final Compute compute;

    FormatLinear(Compute compute) {
        this.compute = compute;
    }

    @Override
    public Optional<Packed> pack(Tensor tensor, Set<Use> uses, Arena arena) {
        Kernels kernels = compute.kernels();
        WorkerTasks tasks = new WorkerTasks(compute.workers());
        Weights weights = kernels.pack(tensor, arena, tasks);
        Weights byInput =
                uses.contains(Use.BY_INPUT) ? kernels.pack(transpose(kernels, weights, arena), arena, tasks) : null;
        return Optional.of(new FormatPacked(compute, weights, byInput, arena));
    }

    /// The weights of a matrix that is stored as this does, for `compute`; empty for any other.
    static Optional<Weights> weights(Packed packed, Compute compute) {
        return packed instanceof FormatPacked own && own.compute() == compute
                ? Optional.of(own.weights())
                : Optional.empty();
    }

    /// The matrix with rows for inputs, as f32: what choosing among inputs reads.
    private static Tensor transpose(Kernels kernels, Weights weights, Arena arena) {
        int rows = weights.rows();
        int columns = weights.columns();
        MemorySegment out = arena.allocate(4L * rows * columns, Matrix.ALIGNMENT);
        try (Arena local = Arena.ofConfined()) {
            MemorySegment row = local.allocate(4L * columns, Matrix.ALIGNMENT);
            for (int r = 0; r < rows; r++) {
                kernels.decode(weights, r, row, 0);
                for (int c = 0; c < columns; c++) {
                    out.setAtIndex(
                            ValueLayout.JAVA_FLOAT, (long) c * rows + r, row.getAtIndex(ValueLayout.JAVA_FLOAT, c));
                }
            }
        }
        return new Tensor("transposed", DType.F32, columns, rows, out);
    }

    /// A matrix in the kernels' own layout; its memory belongs to the arena it was packed in.
    private record FormatPacked(
            Compute compute, Weights weights, @Nullable Weights byInput, Arena arena) implements Packed {
        @Override
        public int outputs() {
            return weights.rows();
        }

        @Override
        public int inputs() {
            return weights.columns();
        }

        @Override
        public long bytes() {
            return weights.bytes();
        }

        @Override
        public void multiply(Rows rows, Matrix x, Matrix y) {
            compute.products().one(weights, x, y, rows.count(), rows.decodeCount());
        }

        @Override
        public void multiplySome(Rows rows, Matrix x, Matrix y, int[] outputs, int count) {
            compute.products().one(weights, x, y, rows.count(), rows.decodeCount(), outputs, count);
        }

        @Override
        public void multiplyByInput(Rows rows, Matrix x, Matrix y, int[] inputs, int count) {
            if (byInput == null) {
                throw new IllegalStateException("the matrix was not packed for " + Use.BY_INPUT);
            }
            Kernels kernels = compute.kernels();
            MemorySegment line = compute.scratch(0);
            Matrix delta = new Matrix(line, 1, outputs(), Matrix.strideOf(outputs()));
            for (int row = 0; row < rows.count(); row++) {
                MemorySegment memory = y.data().asSlice(y.offset(row), 4L * y.stride());
                Matrix target = new Matrix(memory, 1, outputs(), y.stride());
                memory.fill((byte) 0);
                for (int i = 0; i < count; i++) {
                    kernels.decode(byInput, inputs[i], line, 0);
                    kernels.add(target, delta, x.at(row, inputs[i]), 0, 1);
                }
            }
        }

        @Override
        public void row(int output, Matrix y, int i) {
            compute.kernels().decode(weights, output, y.data(), y.offset(i));
        }

        @Override
        public void close() {}
    }
}

package dev.vivace.kernel;

import dev.vivace.TestLevels;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Kernels, matrices and weights for the kernels' tests.
final class Fixtures {
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Fixtures() {}

    /// All that this machine runs.
    static List<Kernels> levels() {
        return TestLevels.all();
    }

    static Stream<Arguments> levelsAndFormats() {
        return levels().stream()
                .flatMap(kernels -> Stream.of(DType.values())
                        .map(dtype -> Arguments.argumentSet(kernels.isa() + " " + dtype, kernels, dtype)));
    }

    /// Numbers in -1..1 in every place, NaN in the padding between rows: no kernel may use it.
    static Matrix matrix(Arena arena, int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Matrix matrix = Matrix.allocate(arena, rows, columns);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < matrix.stride(); c++) {
                float value = c < columns ? (float) random.nextDouble(-1, 1) : Float.NaN;
                matrix.data().set(F32, matrix.offset(r) + 4L * c, value);
            }
        }
        return matrix;
    }

    static MemorySegment segment(Arena arena, float... values) {
        MemorySegment segment = arena.allocate(Math.max(1, 4L * values.length), 64);
        for (int i = 0; i < values.length; i++) {
            segment.set(F32, 4L * i, values[i]);
        }
        return segment;
    }

    /// Random weights, normally small, with some rows of zeros, of equal numbers, and of large and tiny
    /// ones.
    static Tensor weights(Arena arena, DType dtype, int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[columns];
        MemorySegment data = arena.allocate(dtype.bytes((long) rows * columns), 64);
        for (int r = 0; r < rows; r++) {
            double size = switch (r % 7) {
                case 1 -> 0;
                case 2 -> 1000;
                case 3 -> 1e-4;
                default -> 0.1;
            };
            for (int c = 0; c < columns; c++) {
                values[c] = (float) (r % 7 == 4 ? 0.25 : size * random.nextDouble(-1, 1));
            }
            try (Arena own = Arena.ofConfined()) {
                Codec.of(dtype).encode(segment(own, values), 0, data, dtype.bytes((long) r * columns), columns);
            }
        }
        return new Tensor("w", dtype, rows, columns, data);
    }

    /// Weights as the codec decodes them, `[rows][columns]`.
    static float[][] decoded(Tensor tensor) {
        float[][] rows = new float[tensor.rows()][tensor.columns()];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate(4L * tensor.columns(), 64);
            for (int r = 0; r < rows.length; r++) {
                Codec.of(tensor.dtype()).decode(tensor.data(), r * tensor.rowBytes(), row, 0, tensor.columns());
                rows[r] = row.toArray(F32);
            }
        }
        return rows;
    }

    static MemorySegment scratch(Arena arena, Kernels kernels, int columns, int headDim) {
        MemorySegment scratch = arena.allocate(kernels.scratchBytes(columns, headDim), 64);
        for (long at = 0; at + 4 <= scratch.byteSize(); at += 4) {
            scratch.set(F32, at, Float.NaN);
        }
        return scratch;
    }

    /// All rows of `x` as `weights` read them in `phase`.
    static Inputs inputs(Arena arena, Kernels kernels, Weights weights, Phase phase, Matrix x) {
        Inputs inputs = new Inputs(x);
        inputs.form = kernels.inputForm(weights, phase);
        long bytes = kernels.inputBytes(inputs.form, x.rows(), x.columns());
        if (bytes > 0) {
            inputs.prepared = arena.allocate(bytes, 64);
        }
        kernels.prepare(inputs, 0, x.rows());
        return inputs;
    }

    /// The bits of all elements that mean something, row after row.
    static int[] bits(Matrix matrix) {
        int[] bits = new int[matrix.rows() * matrix.columns()];
        for (int r = 0; r < matrix.rows(); r++) {
            for (int c = 0; c < matrix.columns(); c++) {
                bits[r * matrix.columns() + c] = Float.floatToRawIntBits(matrix.at(r, c));
            }
        }
        return bits;
    }

    static Matrix copy(Arena arena, Matrix matrix) {
        Matrix copy = Matrix.allocate(arena, matrix.rows(), matrix.columns());
        copy.data().copyFrom(matrix.data());
        return copy;
    }
}

package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.Workers;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many matrices in one region, on any number of workers, equal each on its own, bit for bit.
class ProductsTest {
    private static List<Kernels> kernels() {
        List<Kernels> all = new ArrayList<>(List.of(PreparingKernels.create()));
        Tiny.Setup.levels().forEach(setup -> all.add(setup.kernels()));
        return all;
    }

    private static Weights weights(Arena arena, Kernels kernels, int rows, int columns, int seed) {
        MemorySegment data = arena.allocate(4L * rows * columns, 64);
        SplittableRandom random = new SplittableRandom(seed);
        for (long i = 0; i < (long) rows * columns; i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
        }
        return kernels.pack(new Tensor("w", DType.F32, rows, columns, data), arena);
    }

    private static Matrix random(Arena arena, int rows, int columns, int seed) {
        Matrix matrix = Matrix.allocate(arena, rows, columns);
        SplittableRandom random = new SplittableRandom(seed);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                matrix.set(r, c, (float) random.nextDouble(-1, 1));
            }
        }
        return matrix;
    }

    private static int[] bits(Matrix matrix, int rows) {
        int[] bits = new int[rows * matrix.columns()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(matrix.at(i / matrix.columns(), i % matrix.columns()));
        }
        return bits;
    }

    private static double dot(Arena arena, Kernels kernels, Weights weights, int output, Matrix x, int row) {
        MemorySegment line = arena.allocate(4L * Matrix.strideOf(weights.columns()), 64);
        kernels.decode(weights, output, line, 0);
        double sum = 0;
        for (int i = 0; i < weights.columns(); i++) {
            sum += (double) line.getAtIndex(ValueLayout.JAVA_FLOAT, i) * x.at(row, i);
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"1,1,64", "1,0,64", "5,3,96", "3,3,40", "70,2,160", "300,0,64", "200,180,64"})
    void fusedEqualsEachAloneOnAnyNumberOfWorkers(int rows, int decodeRows, int columns) {
        for (Kernels kernels : kernels()) {
            int[][] alone = null;
            for (int threads : new int[] {1, 2, 3, 5}) {
                try (Arena arena = Arena.ofShared();
                        Workers workers = Workers.of(threads);
                        Compute compute = new Compute(kernels, workers, columns, 8)) {
                    Weights[] three = {
                        weights(arena, kernels, 130, columns, 1),
                        weights(arena, kernels, 16, columns, 2),
                        weights(arena, kernels, 33, columns, 3)
                    };
                    Matrix x = random(arena, rows, columns, 4);
                    Matrix[] outs = {
                        Matrix.allocate(arena, rows, 130),
                        Matrix.allocate(arena, rows, 16),
                        Matrix.allocate(arena, rows, 33)
                    };
                    if (alone == null) {
                        alone = new int[3][];
                        for (int m = 0; m < 3; m++) {
                            compute.products().one(three[m], x, outs[m], rows, decodeRows);
                            alone[m] = bits(outs[m], rows);
                            assertThat((double) outs[m].at(rows - 1, 15))
                                    .isCloseTo(
                                            dot(arena, kernels, three[m], 15, x, rows - 1),
                                            org.assertj.core.data.Offset.offset(1e-4));
                        }
                    }
                    for (int m = 0; m < 3; m++) {
                        outs[m].data().fill((byte) -1);
                    }
                    compute.products().all(three, x, outs, rows, decodeRows);
                    for (int m = 0; m < 3; m++) {
                        assertThat(bits(outs[m], rows))
                                .as("%s matrix %d threads %d", kernels.isa(), m, threads)
                                .isEqualTo(alone[m]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,200", "4,2,17", "90,0,130"})
    void gatedEqualsTwoProductsAndThenTheActivation(int rows, int decodeRows, int hidden) {
        for (Kernels kernels : kernels()) {
            for (int threads = 1; threads <= 3; threads++) {
                try (Arena arena = Arena.ofShared();
                        Workers workers = Workers.of(threads);
                        Compute compute = new Compute(kernels, workers, 96, 8)) {
                    Weights[] two = {
                        weights(arena, kernels, hidden, 96, 1), weights(arena, kernels, hidden, 96, 2),
                    };
                    Matrix x = random(arena, rows, 96, 3);
                    Matrix[] apart = {Matrix.allocate(arena, rows, hidden), Matrix.allocate(arena, rows, hidden)};
                    compute.products().one(two[0], x, apart[0], rows, decodeRows);
                    compute.products().one(two[1], x, apart[1], rows, decodeRows);
                    for (int row = 0; row < rows; row++) {
                        // Row by row and in one piece: how columns are cut must not matter.
                        kernels.gated(Activation.SILU, apart[0], apart[1], apart[0], row, row + 1, 0, hidden);
                    }
                    Matrix[] fused = {Matrix.allocate(arena, rows, hidden), Matrix.allocate(arena, rows, hidden)};
                    compute.products().gated(two, x, fused, Activation.SILU, rows, decodeRows);
                    assertThat(bits(fused[0], rows))
                            .as("%s threads %d", kernels.isa(), threads)
                            .isEqualTo(bits(apart[0], rows));
                }
            }
        }
    }

    @Test
    void someOutputsEqualThoseOfAllAndTheRestStays() {
        for (Kernels kernels : kernels()) {
            try (Arena arena = Arena.ofShared();
                    Workers workers = Workers.of(2);
                    Compute compute = new Compute(kernels, workers, 64, 8)) {
                Weights weights = weights(arena, kernels, 100, 64, 1);
                Matrix x = random(arena, 3, 64, 2);
                Matrix all = Matrix.allocate(arena, 3, 100);
                Matrix some = Matrix.allocate(arena, 3, 100);
                int[] outputs = new int[40];
                for (int i = 0; i < outputs.length; i++) {
                    outputs[i] = 2 * i + 1;
                }
                compute.products().one(weights, x, all, 3, 2);
                compute.products().one(weights, x, some, 3, 2, outputs, 40);
                for (int row = 0; row < 3; row++) {
                    for (int i = 0; i < 100; i++) {
                        assertThat(some.at(row, i)).isEqualTo(i % 2 == 1 && i < 80 ? all.at(row, i) : 0);
                    }
                }
            }
        }
    }

    /// Few rows are prepared by each worker, many by all together: a whole model at both sizes.
    @ParameterizedTest
    @CsvSource({"llama3-gqa,1", "gemma3,3"})
    void aModelOfPreparedInputsEqualsOneOfPlain(String model, int threads) {
        Tiny.Setup preparing =
                Tiny.Setup.plain().kernels(PreparingKernels.create()).threads(threads);
        try (Tiny tiny = new Tiny(model, preparing);
                Tiny plain = Tiny.plain(model)) {
            int[] tokens = tiny.tokens(300, 5);
            for (int rows : new int[] {1, 7, 300}) {
                for (Phase phase : Phase.values()) {
                    int count = rows == 1 ? 20 : 300;
                    int[] some = java.util.Arrays.copyOf(tokens, count);
                    try (Sequence a = tiny.runner().open();
                            Sequence b = plain.runner().open()) {
                        assertThat(Tiny.run(tiny.runner(), a, phase, rows, some))
                                .isDeepEqualTo(Tiny.run(plain.runner(), b, phase, rows, some));
                    }
                }
            }
        }
    }
}

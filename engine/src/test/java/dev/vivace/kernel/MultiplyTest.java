package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every level and format against sums in double of what the codec decodes, and against themselves in other
/// company.
class MultiplyTest {
    private static final int[] COUNTS = {1, 2, 3, 4, 5, 7, 15, 16, 17, 31, 32, 33};

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void agreesWithSumsInDouble(Kernels kernels, DType dtype) {
        for (int columns : columns(dtype)) {
            for (int rows : new int[] {1, 7}) {
                for (Phase phase : Phase.values()) {
                    compare(kernels, dtype, columns, 37, rows, phase);
                }
            }
        }
        int columns = 2 * dtype.blockElements();
        for (int i = 0; i < COUNTS.length; i++) {
            for (Phase phase : new Phase[] {Phase.PREFILL, Phase.DECODE}) {
                compare(kernels, dtype, columns, COUNTS[i], COUNTS[COUNTS.length - 1 - i], phase);
                compare(kernels, dtype, columns, COUNTS[i], COUNTS[i], phase);
            }
        }
    }

    private static void compare(Kernels kernels, DType dtype, int columns, int outputs, int rows, Phase phase) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Fixtures.weights(arena, dtype, outputs, columns, columns);
            Matrix x = Fixtures.matrix(arena, rows, columns, 5);
            Matrix y = Fixtures.matrix(arena, rows, outputs, 6);
            multiply(arena, kernels, tensor, phase, x, 0, rows, y, 0, outputs);
            float[][] w = Fixtures.decoded(tensor);
            for (int r = 0; r < rows; r++) {
                for (int o = 0; o < outputs; o++) {
                    double sum = 0;
                    double size = 0;
                    for (int k = 0; k < columns; k++) {
                        sum += (double) w[o][k] * x.at(r, k);
                        size += Math.abs((double) w[o][k] * x.at(r, k));
                    }
                    double error = Math.abs(y.at(r, o) - sum);
                    double allowed = size * (8 + columns / 4.0) * 0x1p-24
                            + rounding(kernels, tensor, phase, x, r, w[o], arena)
                            + Float.MIN_NORMAL;
                    if (!(error <= allowed)) {
                        fail("columns=%d rows=%d outputs=%d %s: y[%d,%d]=%s, expected %s"
                                .formatted(columns, rows, outputs, phase, r, o, y.at(r, o), sum));
                    }
                }
            }
        }
    }

    /// What rounding the inputs (and for bf16 the weights) may add at most.
    private static double rounding(
            Kernels kernels, Tensor tensor, Phase phase, Matrix x, int row, float[] w, Arena arena) {
        double sum = 0;
        switch (kernels.inputForm(kernels.pack(tensor, arena), phase)) {
            case F32 -> {}
            case INT8 -> {
                for (int block = 0; block < w.length; block += 32) {
                    double most = 0;
                    double weights = 0;
                    for (int k = block; k < Math.min(w.length, block + 32); k++) {
                        most = Math.max(most, Math.abs(x.at(row, k)));
                        weights += Math.abs(w[k]);
                    }
                    sum += most / 127 * 0.5001 * weights;
                }
                // Levels and minima are added up apart, and may be larger than what they make together.
                sum *= 1.001;
            }
            case BF16, TILES -> {
                for (int k = 0; k < w.length; k++) {
                    sum += Math.abs((double) w[k] * x.at(row, k)) * 0x1p-7;
                }
            }
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void aRowsBitsDependOnNothingButTheRowAndThePhase(Kernels kernels, DType dtype) {
        int columns = dtype.blockElements() == 1 ? 77 : 2 * dtype.blockElements();
        int outputs = 70;
        int rows = 23;
        SplittableRandom random = new SplittableRandom(11);
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Fixtures.weights(arena, dtype, outputs, columns, 3);
            Matrix x = Fixtures.matrix(arena, rows, columns, 4);
            for (boolean prefill : new boolean[] {false, true}) {
                Phase phase = prefill ? Phase.PREFILL : Phase.DECODE;
                Matrix alone = Fixtures.matrix(arena, rows, outputs, 5);
                for (int r = 0; r < rows; r++) {
                    for (int o = 0; o < outputs; o++) {
                        multiply(arena, kernels, tensor, phase, x, r, r + 1, alone, o, o + 1);
                    }
                }
                Matrix together = Fixtures.matrix(arena, rows, outputs, 6);
                multiply(arena, kernels, tensor, prefill ? phase : Phase.VERIFY, x, 0, rows, together, 0, outputs);
                assertThat(Fixtures.bits(together)).isEqualTo(Fixtures.bits(alone));
                for (int attempt = 0; attempt < 10; attempt++) {
                    Matrix split = Fixtures.matrix(arena, rows, outputs, 7);
                    int row = random.nextInt(rows + 1);
                    int output = random.nextInt(outputs + 1);
                    multiply(arena, kernels, tensor, phase, x, 0, row, split, 0, output);
                    multiply(arena, kernels, tensor, phase, x, row, rows, split, 0, output);
                    multiply(arena, kernels, tensor, phase, x, 0, row, split, output, outputs);
                    multiply(arena, kernels, tensor, phase, x, row, rows, split, output, outputs);
                    assertThat(Fixtures.bits(split)).as("%d %d", row, output).isEqualTo(Fixtures.bits(alone));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void someOutputsGetTheSameBitsAndOthersStay(Kernels kernels, DType dtype) {
        int columns = 2 * dtype.blockElements() * (dtype.isQuantized() ? 1 : 19);
        int outputs = 90;
        int rows = 13;
        int[] some = {89, 0, 3, 4, 5, 17, 2, 33, 34, 35, 36, 37, 38, 60, 61, 88, 1};
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Fixtures.weights(arena, dtype, outputs, columns, 3);
            Matrix x = Fixtures.matrix(arena, rows, columns, 4);
            for (Phase phase : Phase.values()) {
                Matrix all = Fixtures.matrix(arena, rows, outputs, 5);
                multiply(arena, kernels, tensor, phase, x, 0, rows, all, 0, outputs);
                Matrix before = Fixtures.matrix(arena, rows, outputs, 6);
                Matrix after = Fixtures.copy(arena, before);
                MemorySegment scratch = Fixtures.scratch(arena, kernels, columns, 1);
                Weights weights = kernels.pack(tensor, arena);
                Inputs inputs = Fixtures.inputs(arena, kernels, weights, phase, x);
                kernels.multiplySome(weights, phase, inputs, 0, rows, after, some, 1, 16, scratch);
                for (int i = 1; i < 16; i++) {
                    for (int r = 0; r < rows; r++) {
                        before.set(r, some[i], all.at(r, some[i]));
                    }
                }
                assertThat(Fixtures.bits(after)).isEqualTo(Fixtures.bits(before));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void decodesARowToTheCodecsBits(Kernels kernels, DType dtype) {
        for (int columns : columns(dtype)) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor tensor = Fixtures.weights(arena, dtype, 9, columns, 8);
                assertDecodes(arena, kernels, tensor);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void decodesAnyBytesToTheCodecsBits(Kernels kernels, DType dtype) {
        SplittableRandom random = new SplittableRandom(99);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = new byte[(int) dtype.bytes(2 * 1024)];
            for (int attempt = 0; attempt < 20; attempt++) {
                random.nextBytes(bytes);
                MemorySegment data = arena.allocate(bytes.length, 64);
                data.copyFrom(MemorySegment.ofArray(bytes));
                assertDecodes(arena, kernels, new Tensor("any", dtype, 2, 1024, data));
            }
        }
    }

    private static void assertDecodes(Arena arena, Kernels kernels, Tensor tensor) {
        int columns = tensor.columns();
        Weights weights = kernels.pack(tensor, arena);
        assertThat(weights.rows()).isEqualTo(tensor.rows());
        assertThat(weights.columns()).isEqualTo(columns);
        assertThat(weights.bytes()).isGreaterThanOrEqualTo(tensor.data().byteSize());
        MemorySegment expected = arena.allocate(4L * columns + 8, 64);
        MemorySegment actual = arena.allocate(4L * columns + 8, 64);
        for (int r = 0; r < tensor.rows(); r++) {
            Codec.of(tensor.dtype()).decode(tensor.data(), r * tensor.rowBytes(), expected, 4, columns);
            kernels.decode(weights, r, actual, 4);
            for (int c = 0; c <= columns + 1; c++) {
                // NaN may keep another payload.
                assertThat(Float.floatToIntBits(actual.get(Fixtures.F32, 4L * c)))
                        .as("row %d column %d", r, c - 1)
                        .isEqualTo(Float.floatToIntBits(expected.get(Fixtures.F32, 4L * c)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void anEmptySliceTouchesNothing(Kernels kernels, DType dtype) {
        int columns = dtype.blockElements();
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Fixtures.weights(arena, dtype, 5, columns, 3);
            Matrix x = Fixtures.matrix(arena, 3, columns, 4);
            Matrix y = Fixtures.matrix(arena, 3, 5, 5);
            int[] before = Fixtures.bits(y);
            for (Phase phase : Phase.values()) {
                multiply(arena, kernels, tensor, phase, x, 2, 2, y, 0, 5);
                multiply(arena, kernels, tensor, phase, x, 0, 3, y, 3, 3);
            }
            assertThat(Fixtures.bits(y)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void weightsMayStandAtAnyByte(Kernels kernels, DType dtype) {
        int columns = 2 * dtype.blockElements() * (dtype.isQuantized() ? 1 : 19);
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Fixtures.weights(arena, dtype, 6, columns, 3);
            MemorySegment room =
                    arena.allocate(tensor.data().byteSize() + 1, 64).asSlice(1);
            room.copyFrom(tensor.data());
            Matrix x = Fixtures.matrix(arena, 5, columns, 4);
            for (Phase phase : Phase.values()) {
                Matrix aligned = Fixtures.matrix(arena, 5, 6, 5);
                Matrix odd = Fixtures.matrix(arena, 5, 6, 6);
                multiply(arena, kernels, tensor, phase, x, 0, 5, aligned, 0, 6);
                multiply(arena, kernels, new Tensor("w", dtype, 6, columns, room), phase, x, 0, 5, odd, 0, 6);
                assertThat(Fixtures.bits(odd)).isEqualTo(Fixtures.bits(aligned));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levelsAndFormats")
    void heapMemoryWorksToo(Kernels kernels, DType dtype) {
        int columns = dtype.blockElements() * 3;
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Fixtures.weights(arena, dtype, 4, columns, 3);
            byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
            Tensor heap = new Tensor("w", dtype, 4, columns, MemorySegment.ofArray(bytes));
            Matrix x = Fixtures.matrix(arena, 2, columns, 4);
            Matrix a = Fixtures.matrix(arena, 2, 4, 5);
            Matrix b = Fixtures.matrix(arena, 2, 4, 6);
            multiply(arena, kernels, tensor, Phase.DECODE, x, 0, 2, a, 0, 4);
            multiply(arena, kernels, heap, Phase.DECODE, x, 0, 2, b, 0, 4);
            assertThat(Fixtures.bits(b)).isEqualTo(Fixtures.bits(a));
        }
    }

    private static void multiply(
            Arena arena,
            Kernels kernels,
            Tensor tensor,
            Phase phase,
            Matrix x,
            int rowFrom,
            int rowTo,
            Matrix y,
            int from,
            int to) {
        MemorySegment scratch = Fixtures.scratch(arena, kernels, tensor.columns(), 1);
        Weights weights = kernels.pack(tensor, arena);
        Inputs inputs = Fixtures.inputs(arena, kernels, weights, phase, x);
        kernels.multiply(weights, phase, inputs, rowFrom, rowTo, y, from, to, scratch);
    }

    private static int[] columns(DType dtype) {
        int block = dtype.blockElements();
        return block == 1
                ? new int[] {1, 2, 15, 16, 17, 31, 32, 33, 63, 65, 255, 257, 300, 576}
                : new int[] {block, 2 * block, 3 * block, 5 * block, 512 + 3 * block};
    }
}

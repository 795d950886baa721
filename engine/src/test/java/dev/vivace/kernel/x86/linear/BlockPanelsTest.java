package dev.vivace.kernel.x86.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.Targets;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Quantized panels against sums in double over what the codec decodes and the inputs as rounded to int8. Everything
/// that code touches ends at a guard page.
class BlockPanelsTest {
    static List<BlockFormat> formats() {
        return List.of(
                new Q4Format(false),
                new Q4Format(true),
                new Q5Format(false),
                new Q5Format(true),
                new Q8Format(),
                new SuperBlockFormat(false),
                new SuperBlockFormat(true),
                new Q6KFormat());
    }

    @ParameterizedTest
    @MethodSource("formats")
    void agreesWithSumsInDoubleAtEveryLevel(BlockFormat format) {
        for (int blocks : new int[] {1, 2, 3, 7}) {
            for (int outputs : new int[] {1, 15, 16, 40}) {
                for (int rows : new int[] {1, 2, 5, 16, 19}) {
                    compare(format, blocks, outputs, rows);
                }
            }
        }
    }

    private static void compare(BlockFormat format, int blocks, int outputs, int rows) {
        int columns = blocks * format.unitColumns();
        float[] first = null;
        for (Target target : Targets.all()) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor tensor = tensor(arena, format.dtype(), outputs, columns, blocks + outputs);
                Matrix x = matrix(arena, rows, columns, rows);
                float[] y = multiply(arena, format, target, tensor, x, 0, rows);
                if (first == null) {
                    first = y;
                    check(arena, tensor, x, y);
                }
                assertThat(y)
                        .as("%s blocks=%d outputs=%d rows=%d", target, blocks, outputs, rows)
                        .isEqualTo(first);
            }
        }
    }

    private static void check(Arena arena, Tensor tensor, Matrix x, float[] y) {
        int stride = PanelWeights.count(tensor.rows()) * 16;
        MemorySegment w = arena.allocate(4L * tensor.columns(), 64);
        for (int o = 0; o < tensor.rows(); o++) {
            Codec.of(tensor.dtype()).decode(tensor.data(), o * tensor.rowBytes(), w, 0, tensor.columns());
            for (int r = 0; r < x.rows(); r++) {
                double sum = 0;
                double size = 0;
                double[] rounded = rounded(x, r);
                for (int k = 0; k < tensor.columns(); k++) {
                    double product = rounded[k] * w.getAtIndex(ValueLayout.JAVA_FLOAT, k);
                    sum += product;
                    size += Math.abs(product);
                }
                // Affine formats add levels and minima up apart, which are larger than what they make together.
                double error = Math.abs(y[r * stride + o] - sum);
                double allowed = size * 0x1p-18 + 1e-30;
                assertThat(error).as("%s y[%d, %d]", tensor.dtype(), r, o).isLessThanOrEqualTo(allowed);
            }
        }
    }

    private static double[] rounded(Matrix x, int row) {
        double[] values = new double[x.columns()];
        for (int block = 0; block < x.columns(); block += 32) {
            float most = 0;
            for (int k = block; k < block + 32; k++) {
                most = Math.max(most, Math.abs(x.at(row, k)));
            }
            for (int k = block; k < block + 32 && most > 0; k++) {
                values[k] = Math.rint(x.at(row, k) * (127 / most)) * (double) (most / 127);
            }
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aRowsBitsDependOnTheRowAlone(BlockFormat format) {
        int columns = 2 * format.unitColumns();
        for (Target target : Targets.all()) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor tensor = tensor(arena, format.dtype(), 33, columns, 3);
                Matrix x = matrix(arena, 37, columns, 4);
                float[] together = multiply(arena, format, target, tensor, x, 0, 37);
                for (int[] slice : new int[][] {{0, 1}, {5, 6}, {36, 37}, {3, 20}, {15, 17}, {16, 32}, {31, 37}}) {
                    float[] alone = multiply(arena, format, target, tensor, x, slice[0], slice[1]);
                    assertThat(alone).isEqualTo(Arrays.copyOfRange(together, slice[0] * 48, slice[1] * 48));
                }
            }
        }
    }

    /// All outputs of rows `[from, to)`, panels side by side.
    private static float[] multiply(
            Arena arena, BlockFormat format, Target target, Tensor tensor, Matrix x, int from, int to) {
        BlockPanels panels = new BlockPanels(format, target);
        int columns = tensor.columns();
        int count = PanelWeights.count(tensor.rows());
        MemorySegment packed = GuardedMemory.allocate(arena, count * panels.panelBytes(columns));
        panels.pack(tensor, 0, count, packed);
        Inputs inputs = new Inputs(x);
        inputs.form = InputForm.INT8;
        inputs.prepared = GuardedMemory.allocate(arena, Int8Block.bytes(x.rows(), columns));
        new Int8Inputs(target).prepare(inputs, 0, x.rows());
        MemorySegment y = GuardedMemory.allocate(arena, 64L * count * (to - from));
        Phase phase = (from + to) % 2 == 0 ? Phase.PREFILL : Phase.DECODE;
        panels.multiply(
                phase,
                packed.address(),
                count,
                columns,
                inputs,
                from,
                to,
                y.address(),
                64L * count,
                MemorySegment.NULL);
        return y.toArray(ValueLayout.JAVA_FLOAT);
    }

    /// Random weights that end at a guard page, with rows of zeros, of one number, of large and of tiny ones.
    private static Tensor tensor(Arena arena, DType dtype, int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MemorySegment data = GuardedMemory.allocate(arena, dtype.bytes((long) rows * columns));
        MemorySegment row = arena.allocate(4L * columns, 64);
        for (int r = 0; r < rows; r++) {
            double[] sizes = {0.1, 0, 1000, 1e-4, 0.1};
            double size = sizes[r % 5];
            for (int c = 0; c < columns; c++) {
                float value = (float) (r % 5 == 4 ? 0.25 : size * random.nextDouble(-1, 1));
                row.setAtIndex(ValueLayout.JAVA_FLOAT, c, value);
            }
            Codec.of(dtype).encode(row, 0, data, dtype.bytes((long) r * columns), columns);
        }
        return new Tensor("w", dtype, rows, columns, data);
    }

    private static Matrix matrix(Arena arena, int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Matrix matrix = GuardedMemory.matrix(arena, rows, columns);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                matrix.set(r, c, (float) (Math.pow(10, r % 5 - 2) * random.nextDouble(-1, 1)));
            }
        }
        return matrix;
    }
}

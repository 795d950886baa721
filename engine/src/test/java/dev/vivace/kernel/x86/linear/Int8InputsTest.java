package dev.vivace.kernel.x86.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Quantized inputs against plain loops, bit for bit. Matrices end at guard pages, with NaN between rows.
class Int8InputsTest {
    private static final byte UNTOUCHED = 77;

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.x86.Targets#widths")
    void everyByteOfTheLayoutIsAsTheFormulaSays(Target target) {
        for (int columns : new int[] {1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 63, 64, 96, 100, 576}) {
            for (int[] slice : new int[][] {{0, 1}, {0, 16}, {3, 16}, {15, 17}, {5, 40}, {16, 16}, {0, 40}}) {
                try (Arena arena = Arena.ofConfined()) {
                    Matrix x = matrix(arena, slice[1] == 1 ? 1 : 40, columns, columns);
                    assertPrepared(arena, target, x, slice[0], slice[1]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.x86.Targets#widths")
    void extremesStayNumbers(Target target) {
        float[] sizes = {0, Float.MIN_VALUE, 1e-40f, 0x1p-120f, 0x1p-119f, 1e-30f, 1, 65504, 1e30f, Float.MAX_VALUE};
        try (Arena arena = Arena.ofConfined()) {
            Matrix x = GuardedMemory.matrix(arena, sizes.length, 40);
            SplittableRandom random = new SplittableRandom(4);
            for (int r = 0; r < sizes.length; r++) {
                for (int c = 0; c < 40; c++) {
                    x.set(r, c, sizes[r] * (c == 3 ? -1 : (float) random.nextDouble(-1, 1)));
                }
            }
            assertPrepared(arena, target, x, 0, sizes.length);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.x86.Targets#widths")
    void tiesRoundToEven(Target target) {
        try (Arena arena = Arena.ofConfined()) {
            Matrix x = GuardedMemory.matrix(arena, 1, 32);
            for (int c = 0; c < 32; c++) {
                x.set(0, c, c == 31 ? 127 : c - 15.5f);
            }
            Inputs inputs = inputs(arena, x);
            new Int8Inputs(target).prepare(inputs, 0, 1);
            for (int c = 0; c < 31; c++) {
                assertThat((int) inputs.prepared.get(ValueLayout.JAVA_BYTE, c)).isEqualTo((int) Math.rint(c - 15.5));
            }
            assertThat(inputs.prepared.get(ValueLayout.JAVA_FLOAT, Int8Block.SCALE))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.x86.Targets#widths")
    void aBlockThatHoldsNoNumberHasAScaleThatIsNone(Target target) {
        for (float value : new float[] {Float.NaN, -Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int at = 0; at < 32; at++) {
                try (Arena arena = Arena.ofConfined()) {
                    Matrix x = matrix(arena, 2, 64, at);
                    x.set(0, 32 + at, value);
                    Inputs inputs = inputs(arena, x);
                    new Int8Inputs(target).prepare(inputs, 0, 2);
                    long second = Int8Block.BYTES + Int8Block.SCALE;
                    float scale = Math.abs(inputs.prepared.get(ValueLayout.JAVA_FLOAT, second));
                    assertThat(Float.compare(scale, Math.abs(value))).isZero();
                    assertThat(inputs.prepared.get(ValueLayout.JAVA_FLOAT, Int8Block.SCALE))
                            .isLessThan(1);
                    assertThat(inputs.prepared.get(ValueLayout.JAVA_FLOAT, second + 4))
                            .isLessThan(1);
                }
            }
        }
    }

    private static void assertPrepared(Arena arena, Target target, Matrix x, int from, int to) {
        Inputs inputs = inputs(arena, x);
        new Int8Inputs(target).prepare(inputs, from, to);
        byte[] expected = expected(x, from, to);
        assertThat(inputs.prepared.toArray(ValueLayout.JAVA_BYTE))
                .as("columns=%d rows=[%d, %d)", x.columns(), from, to)
                .isEqualTo(expected);
    }

    private static Inputs inputs(Arena arena, Matrix x) {
        Inputs inputs = new Inputs(x);
        inputs.form = InputForm.INT8;
        inputs.prepared = GuardedMemory.allocate(arena, Int8Block.bytes(x.rows(), x.columns()));
        inputs.prepared.fill(UNTOUCHED);
        return inputs;
    }

    private static byte[] expected(Matrix x, int from, int to) {
        int blocks = (x.columns() + 31) / 32;
        byte[] bytes = new byte[(x.rows() + 15) / 16 * blocks * 832];
        Arrays.fill(bytes, UNTOUCHED);
        MemorySegment out = MemorySegment.ofArray(bytes);
        for (int r = from; r < to; r++) {
            for (int b = 0; b < blocks; b++) {
                block(x, r, b, out, (r / 16 * blocks + b) * 832, r % 16);
            }
        }
        return bytes;
    }

    private static void block(Matrix x, int row, int block, MemorySegment out, int at, int i) {
        int columns = Math.min(32, x.columns() - 32 * block);
        float most = 0;
        for (int c = 0; c < columns; c++) {
            most = Math.max(most, Math.abs(x.at(row, 32 * block + c)));
        }
        boolean none = most < 0x1p-119f;
        int[] sums = new int[2];
        for (int c = 0; c < 32; c++) {
            float value = c < columns && !none ? x.at(row, 32 * block + c) * (127 / most) : 0;
            byte q = (byte) Math.rint(value);
            sums[c / 16] += q;
            out.set(ValueLayout.JAVA_BYTE, at + 32 * i + c, q);
        }
        float scale = none ? 0 : most / 127;
        int sum = sums[0] + sums[1];
        int[] words = {
            Float.floatToRawIntBits(scale),
            -128 * sum,
            -128 * sums[0],
            -128 * sums[1],
            Float.floatToRawIntBits(-128 * sum * (-1f / 128) * scale)
        };
        for (int w = 0; w < 5; w++) {
            out.set(ValueLayout.JAVA_INT_UNALIGNED, at + 512 + 64 * w + 4 * i, words[w]);
        }
    }

    private static Matrix matrix(Arena arena, int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Matrix matrix = GuardedMemory.matrix(arena, rows, columns);
        for (int r = 0; r < rows; r++) {
            int end = r == rows - 1 ? columns : matrix.stride();
            for (int c = 0; c < end; c++) {
                double size = c / 32 % 5 == 4 ? 0 : Math.pow(10, r % 7 - 3);
                matrix.set(r, c, c < columns ? (float) (size * random.nextDouble(-1, 1)) : Float.NaN);
            }
        }
        return matrix;
    }
}

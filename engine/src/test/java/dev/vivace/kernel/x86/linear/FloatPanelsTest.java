package dev.vivace.kernel.x86.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// All operands end at guard pages, see [FloatFixtures].
class FloatPanelsTest {
    private static final int[] COLUMNS = {1, 2, 15, 16, 17, 31, 63, 255, 577};
    private static final int[] ROWS = {1, 2, 3, 5, 6, 13, 33};

    static Stream<Arguments> formats() {
        return FloatFixtures.targets().stream()
                .flatMap(target -> Stream.of(DType.F32, DType.F16, DType.BF16)
                        .map(dtype -> Arguments.argumentSet(target.isa() + " " + dtype, dtype, target)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void sumsAreWithinTheRoundingOfTheirTerms(DType dtype, Target target) {
        for (int columns : COLUMNS) {
            for (int panels : new int[] {1, 3, 4, 7, 9}) {
                int outputs = 16 * panels - (panels == 3 ? 5 : 0);
                for (int rows : ROWS) {
                    near(FloatPanels.of(dtype, target), dtype, columns, outputs, rows);
                }
            }
        }
    }

    /// A sum takes `columns` roundings, each half a unit in the last place at most of what has been added up;
    /// denormal sums may be lost in bf16.
    private static void near(PanelFormat format, DType dtype, int columns, int outputs, int rows) {
        try (Arena arena = Arena.ofConfined()) {
            SplittableRandom random = new SplittableRandom(columns * 31L + outputs + rows);
            Tensor tensor = FloatFixtures.weights(arena, dtype, outputs, columns, random);
            Inputs inputs = FloatFixtures.inputs(arena, rows, columns, random);
            for (Phase phase : List.of(Phase.DECODE, Phase.PREFILL)) {
                InputForm form = format.inputForm(phase);
                boolean rounded = form != InputForm.F32;
                double rounding = !rounded ? 0 : dtype == DType.BF16 ? 0x1p-8 : 2.01 * 0x1p-8;
                FloatFixtures.prepare(arena, form, inputs);
                Matrix y = FloatFixtures.product(arena, format, phase, tensor, inputs, 0, rows);
                for (int r = 0; r < rows; r++) {
                    for (int o = 0; o < outputs; o++) {
                        double sum = 0;
                        double exact = 0;
                        double size = 0;
                        for (int k = 0; k < columns; k++) {
                            double x = inputs.x.at(r, k);
                            double w = FloatFixtures.weight(tensor, o, k);
                            double product = rounded
                                    ? (double) FloatFixtures.toBf16((float) x) * FloatFixtures.toBf16((float) w)
                                    : x * w;
                            sum += product;
                            exact += x * w;
                            size += Math.abs(x * w);
                        }
                        String where = phase + " columns=" + columns + " outputs=" + outputs + " row=" + r + " o=" + o;
                        double bound = 1.02 * columns * 0x1p-24 * size + Float.MIN_NORMAL;
                        assertEquals(sum, y.at(r, o), bound, where);
                        // What rounding to 8 bits costs at most: the input, and the weight unless it is bf16 already.
                        assertEquals(exact, y.at(r, o), bound + rounding * size, where);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void decodeAddsUpInTheOrderOfInputsWithOneRoundingATerm(DType dtype, Target target) {
        PanelFormat format = FloatPanels.of(dtype, target);
        try (Arena arena = Arena.ofConfined()) {
            for (int rows : new int[] {1, 2, 5, 14}) {
                SplittableRandom random = new SplittableRandom(rows);
                Tensor tensor = FloatFixtures.weights(arena, dtype, 112, 129, random);
                Inputs inputs = FloatFixtures.inputs(arena, rows, 129, random);
                Matrix y = FloatFixtures.product(arena, format, Phase.VERIFY, tensor, inputs, 0, rows);
                for (int r = 0; r < rows; r++) {
                    for (int o = 0; o < tensor.rows(); o++) {
                        float sum = 0;
                        for (int k = 0; k < 129; k++) {
                            sum = Math.fma(inputs.x.at(r, k), FloatFixtures.weight(tensor, o, k), sum);
                        }
                        assertEquals(sum, y.at(r, o), "row=" + r + " output=" + o);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aRowHasTheSameBitsAloneAndInAnySplit(DType dtype, Target target) {
        PanelFormat format = FloatPanels.of(dtype, target);
        int rows = 29;
        int columns = 95;
        try (Arena arena = Arena.ofConfined()) {
            SplittableRandom random = new SplittableRandom(7);
            Tensor tensor = FloatFixtures.weights(arena, dtype, 112, columns, random);
            Inputs inputs = FloatFixtures.inputs(arena, rows, columns, random);
            MemorySegment packed = FloatFixtures.pack(arena, format, tensor);
            for (Phase phase : Phase.values()) {
                FloatFixtures.prepare(arena, format.inputForm(phase), inputs);
                Matrix together = FloatFixtures.product(arena, format, phase, packed, 7, inputs, 0, rows);
                for (int step : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}) {
                    for (int from = 0; from < rows; from += step) {
                        int to = Math.min(rows, from + step);
                        Matrix part = FloatFixtures.product(arena, format, phase, packed, 7, inputs, from, to);
                        for (int r = from; r < to; r++) {
                            assertEquals(
                                    -1, together.row(r).mismatch(part.row(r - from)), "row=" + r + " step=" + step);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aPanelHasTheSameBitsAloneAndAmongOthers(DType dtype, Target target) {
        PanelFormat format = FloatPanels.of(dtype, target);
        try (Arena arena = Arena.ofConfined()) {
            SplittableRandom random = new SplittableRandom(8);
            Tensor tensor = FloatFixtures.weights(arena, dtype, 16 * 9, 66, random);
            MemorySegment packed = FloatFixtures.pack(arena, format, tensor);
            for (int rows : new int[] {1, 3, 13}) {
                Inputs inputs = FloatFixtures.inputs(arena, rows, 66, random);
                for (Phase phase : List.of(Phase.DECODE, Phase.PREFILL)) {
                    FloatFixtures.prepare(arena, format.inputForm(phase), inputs);
                    Matrix all = FloatFixtures.product(arena, format, phase, packed, 9, inputs, 0, rows);
                    for (int panel = 0; panel < 9; panel++) {
                        MemorySegment one = packed.asSlice(panel * format.panelBytes(66), format.panelBytes(66));
                        Matrix alone = FloatFixtures.product(arena, format, phase, one, 1, inputs, 0, rows);
                        for (int r = 0; r < rows; r++) {
                            MemorySegment part = all.row(r).asSlice(64L * panel, 64);
                            assertEquals(-1, part.mismatch(alone.row(r).asSlice(0, 64)), "panel=" + panel);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void decodeKeepsDenormalsInfinitiesAndNan(DType dtype, Target target) {
        PanelFormat format = FloatPanels.of(dtype, target);
        float[] weights = {
            Float.MIN_VALUE, 0x1p-24f, -0x1p-130f, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, -0f, 1
        };
        float[] values = {1, -0f, 0x1p-140f, 0x1p127f, Float.NEGATIVE_INFINITY, Float.NaN, 3, 0x1p-100f};
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = FloatFixtures.weights(arena, dtype, weights.length, 1, new SplittableRandom(1));
            Inputs inputs = FloatFixtures.inputs(arena, values.length, 1, new SplittableRandom(1));
            for (int i = 0; i < weights.length; i++) {
                FloatFixtures.setWeight(tensor, i, 0, weights[i]);
                inputs.x.set(i, 0, values[i]);
            }
            Matrix y = FloatFixtures.product(arena, format, Phase.DECODE, tensor, inputs, 0, values.length);
            for (int r = 0; r < values.length; r++) {
                for (int o = 0; o < weights.length; o++) {
                    float expected = Math.fma(values[r], FloatFixtures.weight(tensor, o, 0), 0f);
                    assertEquals(expected, y.at(r, o), values[r] + " * " + weights[o]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void panelsArePackedTheSameFromJavaMemoryAndInAnyParts(DType dtype, Target target) {
        PanelFormat format = FloatPanels.of(dtype, target);
        try (Arena arena = Arena.ofConfined()) {
            for (int columns : new int[] {1, 32, 33, 64, 97}) {
                Tensor tensor = FloatFixtures.weights(arena, dtype, 41, columns, new SplittableRandom(columns));
                MemorySegment whole = FloatFixtures.pack(arena, format, tensor);
                MemorySegment heap = MemorySegment.ofArray(tensor.data().toArray(ValueLayout.JAVA_BYTE));
                Tensor copy = new Tensor("w", dtype, 41, columns, heap);
                assertEquals(-1, whole.mismatch(FloatFixtures.pack(arena, format, copy)), "columns=" + columns);
                long bytes = format.panelBytes(columns);
                for (int panel = 0; panel < 3; panel++) {
                    MemorySegment one = arena.allocate(bytes, 64);
                    format.pack(tensor, panel, panel + 1, one);
                    assertEquals(-1, whole.asSlice(panel * bytes, bytes).mismatch(one), "panel=" + panel);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void outputsPastTheLastRowRepeatIt(DType dtype, Target target) {
        PanelFormat format = FloatPanels.of(dtype, target);
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = FloatFixtures.weights(arena, dtype, 19, 40, new SplittableRandom(3));
            Inputs inputs = FloatFixtures.inputs(arena, 1, 40, new SplittableRandom(4));
            Matrix y = FloatFixtures.product(arena, format, Phase.DECODE, tensor, inputs, 0, 1);
            float[] row = y.row(0).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            float[] repeated = new float[13];
            java.util.Arrays.fill(repeated, row[18]);
            assertArrayEquals(repeated, java.util.Arrays.copyOfRange(row, 19, 32));
        }
    }

    @Test
    void quantizedWeightsAreRefused() {
        Target target = new Target(Isa.AVX2, 256, false, false, false);
        assertThrows(IllegalArgumentException.class, () -> FloatPanels.of(DType.Q8_0, target));
    }
}

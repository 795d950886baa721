package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Norm, rotation, activations and conversions against the formulas in double.
class RowsTest {
    private static final int[] SIZES = {1, 2, 3, 15, 16, 17, 31, 32, 33, 64, 100};

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void rmsNormFollowsItsFormula(Kernels kernels) {
        for (int dim : SIZES) {
            for (int groups : new int[] {1, 3}) {
                try (Arena arena = Arena.ofConfined()) {
                    Matrix x = Fixtures.matrix(arena, 4, groups * dim, dim);
                    Matrix out = Fixtures.matrix(arena, 4, groups * dim, 1);
                    int[] before = Fixtures.bits(out);
                    Matrix weight = Fixtures.matrix(arena, 1, dim, 2);
                    kernels.rmsNorm(x, out, 1, 3, groups, dim, weight.data(), 1e-5f);
                    assertNormalised(x, out, groups, dim, weight);
                    for (int c = 0; c < groups * dim; c++) {
                        assertThat(Float.floatToRawIntBits(out.at(0, c))).isEqualTo(before[c]);
                        assertThat(Float.floatToRawIntBits(out.at(3, c))).isEqualTo(before[3 * groups * dim + c]);
                    }
                    kernels.rmsNorm(x, x, 1, 3, groups, dim, weight.data(), 1e-5f);
                    for (int c = 0; c < groups * dim; c++) {
                        assertThat(x.at(2, c)).isEqualTo(out.at(2, c));
                    }
                }
            }
        }
    }

    private static void assertNormalised(Matrix x, Matrix out, int groups, int dim, Matrix weight) {
        for (int r = 1; r < 3; r++) {
            for (int g = 0; g < groups; g++) {
                double squares = 0;
                for (int i = 0; i < dim; i++) {
                    squares += Math.pow(x.at(r, g * dim + i), 2);
                }
                for (int i = 0; i < dim; i++) {
                    double expected = x.at(r, g * dim + i) / Math.sqrt(squares / dim + 1e-5f) * weight.at(0, i);
                    assertThat((double) out.at(r, g * dim + i)).isCloseTo(expected, within(Math.abs(expected) * 1e-6));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void rmsNormSurvivesExtremes(Kernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ones = Fixtures.segment(arena, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
            Matrix x = Matrix.allocate(arena, 3, 20);
            for (int i = 0; i < 20; i++) {
                x.set(1, i, 65504);
                x.set(2, i, 1e-30f);
            }
            kernels.rmsNorm(x, x, 0, 3, 1, 20, ones, 1e-6f);
            for (int i = 0; i < 20; i++) {
                assertThat(x.at(0, i)).isZero();
                assertThat(x.at(1, i)).isCloseTo(1, within(1e-6f));
                assertThat(x.at(2, i)).isCloseTo(1e-27f, within(1e-32f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void layerNormFollowsItsFormula(Kernels kernels) {
        for (int dim : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                Matrix x = Fixtures.matrix(arena, 4, dim, dim);
                for (int c = 0; c < dim; c++) {
                    x.set(2, c, x.at(2, c) + 3);
                }
                Matrix out = Fixtures.matrix(arena, 4, dim, 1);
                int[] before = Fixtures.bits(out);
                Matrix weight = Fixtures.matrix(arena, 1, dim, 2);
                Matrix bias = Fixtures.matrix(arena, 1, dim, 3);
                kernels.layerNorm(x, out, 1, 3, weight.data(), bias.data(), 1e-5f);
                for (int r = 1; r < 3; r++) {
                    assertLayerNormalised(x, out, r, weight, bias);
                }
                for (int c = 0; c < dim; c++) {
                    assertThat(Float.floatToRawIntBits(out.at(0, c))).isEqualTo(before[c]);
                    assertThat(Float.floatToRawIntBits(out.at(3, c))).isEqualTo(before[3 * dim + c]);
                }
                kernels.layerNorm(x, x, 1, 3, weight.data(), bias.data(), 1e-5f);
                for (int c = 0; c < dim; c++) {
                    assertThat(x.at(2, c)).isEqualTo(out.at(2, c));
                }
            }
        }
    }

    private static void assertLayerNormalised(Matrix x, Matrix out, int row, Matrix weight, Matrix bias) {
        int dim = x.columns();
        double mean = 0;
        for (int i = 0; i < dim; i++) {
            mean += (double) x.at(row, i) / dim;
        }
        double variance = 0;
        for (int i = 0; i < dim; i++) {
            variance += Math.pow(x.at(row, i) - mean, 2) / dim;
        }
        double deviation = Math.sqrt(variance + 1e-5f);
        for (int i = 0; i < dim; i++) {
            double expected = (x.at(row, i) - mean) / deviation * weight.at(0, i) + bias.at(0, i);
            // x less its mean has the rounding of numbers as large as both.
            double allowed = 4e-7 * (Math.abs(mean) + 1) / deviation + 4e-7;
            assertThat((double) out.at(row, i)).isCloseTo(expected, within(allowed));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void layerNormOfEqualNumbersIsTheBias(Kernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            Matrix x = Matrix.allocate(arena, 1, 48);
            Matrix bias = Fixtures.matrix(arena, 1, 48, 1);
            for (int i = 0; i < 48; i++) {
                x.set(0, i, 65504);
            }
            kernels.layerNorm(x, x, 0, 1, bias.data(), bias.data(), 1e-12f);
            for (int i = 0; i < 48; i++) {
                assertThat(x.at(0, i)).isEqualTo(bias.at(0, i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void ropeTurnsPairsOfBothStyles(Kernels kernels) {
        for (RopeStyle style : RopeStyle.values()) {
            for (int[] size : new int[][] {{2, 2}, {4, 4}, {8, 6}, {16, 16}, {24, 18}, {64, 64}, {70, 66}, {80, 32}}) {
                try (Arena arena = Arena.ofConfined()) {
                    rotate(arena, kernels, style, size[0], size[1]);
                }
            }
        }
    }

    private static void rotate(Arena arena, Kernels kernels, RopeStyle style, int headDim, int rotary) {
        int heads = 3;
        int pairs = rotary / 2;
        Matrix before = Fixtures.matrix(arena, 4, heads * headDim, 1);
        Matrix cos = Matrix.allocate(arena, 4, pairs);
        Matrix sin = Matrix.allocate(arena, 4, pairs);
        for (int r = 0; r < 4; r++) {
            for (int i = 0; i < pairs; i++) {
                double angle = (r + 7) * Math.pow(10_000, -2.0 * i / rotary);
                cos.set(r, i, (float) Math.cos(angle));
                sin.set(r, i, (float) Math.sin(angle));
            }
        }
        Matrix x = Fixtures.copy(arena, before);
        kernels.rope(x, 1, 4, heads, headDim, rotary, style, cos, sin);
        for (int r = 0; r < 4; r++) {
            for (int h = 0; h < heads; h++) {
                for (int e = 0; e < headDim; e++) {
                    double expected = before.at(r, h * headDim + e);
                    if (r > 0 && e < rotary) {
                        boolean neighbours = style == RopeStyle.INTERLEAVED;
                        int i = neighbours ? e / 2 : e % pairs;
                        boolean second = neighbours ? e % 2 == 1 : e >= pairs;
                        double a = before.at(r, h * headDim + (neighbours ? 2 * i : i));
                        double b = before.at(r, h * headDim + (neighbours ? 2 * i + 1 : i + pairs));
                        double c = cos.at(r, i);
                        double s = sin.at(r, i);
                        expected = second ? a * s + b * c : a * c - b * s;
                    }
                    assertThat((double) x.at(r, h * headDim + e))
                            .as("%s headDim=%d rotary=%d [%d,%d,%d]", style, headDim, rotary, r, h, e)
                            .isCloseTo(expected, within(2e-7));
                }
            }
        }
    }

    static Stream<Arguments> levelsAndActivations() {
        return Fixtures.levels().stream()
                .flatMap(kernels -> Stream.of(Activation.values())
                        .map(activation ->
                                Arguments.argumentSet(kernels.isa() + " " + activation, kernels, activation)));
    }

    @ParameterizedTest
    @MethodSource("levelsAndActivations")
    void gatedFollowsItsFormulaFromMinusToPlusHundred(Kernels kernels, Activation activation) {
        int n = 20_001;
        try (Arena arena = Arena.ofConfined()) {
            Matrix gate = Matrix.allocate(arena, 2, n);
            Matrix up = Matrix.allocate(arena, 2, n);
            Matrix out = Matrix.allocate(arena, 2, n);
            for (int i = 0; i < n; i++) {
                gate.set(1, i, -100 + i / 100f);
                up.set(1, i, 3);
            }
            kernels.gated(activation, gate, up, out, 1, 2, 0, n);
            for (int i = 0; i < n; i++) {
                double x = gate.at(1, i);
                double expected = 3 * activate(activation, x);
                double exponent = activation == Activation.SILU ? x : 1.6 * x + 0.0714 * x * x * x;
                assertThat((double) out.at(1, i))
                        .as("%s(%s)", activation, x)
                        // A relative error of the exponent is an error of the result as many times as large as the
                        // exponent.
                        .isCloseTo(
                                expected, within(Math.abs(expected) * (5 + 2 * Math.abs(exponent)) * 0x1p-23 + 1e-34));
                assertThat(out.at(0, i)).isZero();
            }
            assertSpecial(kernels, activation, arena);
        }
    }

    private static double activate(Activation activation, double x) {
        return switch (activation) {
            case SILU -> x / (1 + Math.exp(-x));
            // The textbook form where it is accurate, its equal elsewhere.
            case GELU_TANH -> {
                double u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
                yield x > -1 ? x / 2 * (1 + Math.tanh(u)) : x * Math.exp(2 * u) / (1 + Math.exp(2 * u));
            }
        };
    }

    private static void assertSpecial(Kernels kernels, Activation activation, Arena arena) {
        Matrix gate = Matrix.allocate(arena, 1, 6);
        Matrix up = Matrix.allocate(arena, 1, 6);
        float[] inputs = {Float.POSITIVE_INFINITY, Float.NaN, 0, -0f, 1e30f, -1e30f};
        for (int i = 0; i < inputs.length; i++) {
            gate.set(0, i, inputs[i]);
            up.set(0, i, 1);
        }
        kernels.gated(activation, gate, up, gate, 0, 1, 0, 6);
        assertThat(gate.at(0, 0)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(gate.at(0, 1)).isNaN();
        assertThat(gate.at(0, 2)).isZero();
        assertThat(gate.at(0, 3)).isZero();
        assertThat(gate.at(0, 4)).isEqualTo(1e30f);
        assertThat(gate.at(0, 5)).isZero();
    }

    @ParameterizedTest
    @MethodSource("levelsAndActivations")
    void gatedIsRightAtTheEndsOfTheRange(Kernels kernels, Activation activation) {
        float[] inputs = {1e4f, -1e4f, 3e38f, -3e38f, Float.MIN_VALUE, -1e-40f, 1e-38f, -1e-20f, -90, -104, 90};
        try (Arena arena = Arena.ofConfined()) {
            Matrix gate = Matrix.allocate(arena, 1, 16 * inputs.length);
            Matrix ones = Matrix.allocate(arena, 1, 16 * inputs.length);
            for (int i = 0; i < gate.columns(); i++) {
                gate.set(0, i, inputs[i % inputs.length]);
                ones.set(0, i, 1);
            }
            Matrix out = Fixtures.copy(arena, gate);
            kernels.gated(activation, gate, ones, out, 0, 1, 0, gate.columns());
            for (int i = 0; i < gate.columns(); i++) {
                float x = gate.at(0, i);
                double expected = Math.abs(x) > 80 ? Math.max(x, 0) : x / 2.0;
                assertThat((double) out.at(0, i))
                        .as("%s(%s)", activation, x)
                        .isCloseTo(expected, within(Math.abs(expected) * 2e-7 + (Math.abs(x) > 80 ? 1e-36 : 1e-44)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("levelsAndActivations")
    void cutsOfASliceDoNotChangeBitsOrNeighbours(Kernels kernels, Activation activation) {
        SplittableRandom random = new SplittableRandom(5);
        int n = 77;
        try (Arena arena = Arena.ofConfined()) {
            Matrix gate = Fixtures.matrix(arena, 2, n, 1);
            Matrix up = Fixtures.matrix(arena, 2, n, 2);
            Matrix whole = Fixtures.matrix(arena, 2, n, 3);
            kernels.gated(activation, gate, up, whole, 0, 2, 0, n);
            Matrix capped = Fixtures.copy(arena, gate);
            kernels.softcap(capped, 0.5f, 0, 2, 0, n);
            for (int attempt = 0; attempt < 20; attempt++) {
                int cut = random.nextInt(n + 1);
                Matrix parts = Fixtures.matrix(arena, 2, n, 4);
                int[] before = Fixtures.bits(parts);
                kernels.gated(activation, gate, up, parts, 0, 2, 0, cut);
                for (int i = cut; i < n; i++) {
                    assertThat(Float.floatToRawIntBits(parts.at(1, i))).isEqualTo(before[n + i]);
                }
                kernels.gated(activation, gate, up, parts, 0, 2, cut, n);
                assertThat(Fixtures.bits(parts)).isEqualTo(Fixtures.bits(whole));
                Matrix softer = Fixtures.copy(arena, gate);
                kernels.softcap(softer, 0.5f, 0, 2, cut, n);
                kernels.softcap(softer, 0.5f, 0, 2, 0, cut);
                assertThat(Fixtures.bits(softer)).isEqualTo(Fixtures.bits(capped));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void addScalesAndAdds(Kernels kernels) {
        for (int n : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                Matrix x = Fixtures.matrix(arena, 3, n, 1);
                Matrix before = Fixtures.copy(arena, x);
                Matrix delta = Fixtures.matrix(arena, 3, n, 2);
                kernels.add(x, delta, 0.3f, 1, 3);
                for (int i = 0; i < n; i++) {
                    assertThat(x.at(0, i)).isEqualTo(before.at(0, i));
                    double expected = before.at(2, i) + (double) 0.3f * delta.at(2, i);
                    assertThat((double) x.at(2, i)).isCloseTo(expected, within(1.2e-7));
                }
                Matrix sum = Fixtures.copy(arena, before);
                kernels.add(sum, delta, 1, 0, 1);
                for (int i = 0; i < n; i++) {
                    assertThat(sum.at(0, i)).isEqualTo(before.at(0, i) + delta.at(0, i));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void softcapFollowsItsFormula(Kernels kernels) {
        int n = 4001;
        try (Arena arena = Arena.ofConfined()) {
            Matrix x = Matrix.allocate(arena, 1, n);
            for (int i = 0; i < n; i++) {
                x.set(0, i, (i - 2000) / 4f);
            }
            x.set(0, 0, Float.NEGATIVE_INFINITY);
            x.set(0, 1, Float.NaN);
            x.set(0, 2, 1e-20f);
            Matrix before = Fixtures.copy(arena, x);
            kernels.softcap(x, 30, 0, 1, 0, n);
            assertThat(x.at(0, 0)).isEqualTo(-30);
            assertThat(x.at(0, 1)).isNaN();
            for (int i = 2; i < n; i++) {
                double expected = 30 * Math.tanh(before.at(0, i) / 30.0);
                assertThat((double) x.at(0, i)).isCloseTo(expected, within(Math.abs(expected) * 5e-7));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void allHalvesAreLoadedExactlyAndStoredAgain(Kernels kernels) {
        int n = 1 << 16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment halves = arena.allocate(2L * n, 64);
            MemorySegment floats = arena.allocate(4L * n, 64);
            for (int i = 0; i < n; i++) {
                halves.set(ValueLayout.JAVA_SHORT, 2L * i, (short) i);
            }
            kernels.load(DType.F16, halves, 0, floats, 0, n);
            for (int i = 0; i < n; i++) {
                assertThat(Float.floatToIntBits(floats.get(Fixtures.F32, 4L * i)))
                        .isEqualTo(Float.floatToIntBits(value(i)));
            }
            MemorySegment back = arena.allocate(2L * n, 64);
            kernels.store(floats, 0, DType.F16, back, 0, n);
            for (int i = 0; i < n; i++) {
                short stored = back.get(ValueLayout.JAVA_SHORT, 2L * i);
                if (Float.isNaN(value(i))) {
                    assertThat(Float.float16ToFloat(stored)).isNaN();
                } else {
                    assertThat(stored).isEqualTo((short) i);
                }
            }
        }
    }

    /// The value of a binary16 by its definition.
    private static float value(int bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        double size = exponent == 31
                ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
        return (float) (bits >> 15 == 0 ? size : -size);
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void storingRoundsToNearestAndTiesToEven(Kernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            int n = 0x7BFF;
            MemorySegment floats = arena.allocate(12L * n, 64);
            for (int i = 0; i < n; i++) {
                float tie = (float) (((double) value(i) + value(i + 1)) / 2);
                floats.set(Fixtures.F32, 12L * i, Math.nextDown(tie));
                floats.set(Fixtures.F32, 12L * i + 4, -tie);
                floats.set(Fixtures.F32, 12L * i + 8, Math.nextUp(tie));
            }
            MemorySegment halves = arena.allocate(6L * n + 2, 64);
            kernels.store(floats, 0, DType.F16, halves, 2, 3 * n);
            for (int i = 0; i < n; i++) {
                assertThat(halves.get(ValueLayout.JAVA_SHORT, 6L * i + 2)).isEqualTo((short) i);
                assertThat(halves.get(ValueLayout.JAVA_SHORT, 6L * i + 4)).isEqualTo((short) (0x8000 | i + (i & 1)));
                assertThat(halves.get(ValueLayout.JAVA_SHORT, 6L * i + 6)).isEqualTo((short) (i + 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void brainFloatsAreLoadedExactlyAndStoredToTheNearest(Kernels kernels) {
        SplittableRandom random = new SplittableRandom(3);
        int n = 100_003;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment floats = arena.allocate(4L * n, 64);
            for (int i = 0; i < n; i++) {
                int low = i % 4 == 0 ? 0x8000 : i % 4 == 1 ? 0 : random.nextInt(1 << 16);
                floats.set(ValueLayout.JAVA_INT, 4L * i, random.nextInt() << 16 | low);
            }
            MemorySegment brains = arena.allocate(2L * n, 64);
            kernels.store(floats, 0, DType.BF16, brains, 0, n);
            MemorySegment back = arena.allocate(4L * n, 64);
            kernels.load(DType.BF16, brains, 0, back, 0, n);
            for (int i = 0; i < n; i++) {
                float value = floats.get(Fixtures.F32, 4L * i);
                short stored = brains.get(ValueLayout.JAVA_SHORT, 2L * i);
                assertThat(back.get(ValueLayout.JAVA_INT, 4L * i)).isEqualTo(stored << 16);
                if (Float.isNaN(value)) {
                    assertThat(back.get(Fixtures.F32, 4L * i)).isNaN();
                } else {
                    assertThat(stored).as("%s", value).isEqualTo(nearestBrain(value));
                }
            }
        }
    }

    /// Of the two bf16 around `value` the nearer one, or the even one.
    private static short nearestBrain(float value) {
        int below = Float.floatToRawIntBits(value) >>> 16;
        double low = Float.intBitsToFloat(below << 16);
        double high = Float.intBitsToFloat(below + 1 << 16);
        if (Double.isInfinite(high)) {
            high = Math.copySign(0x1p128, value);
        }
        double toLow = Math.abs(value - low);
        double toHigh = Math.abs(high - value);
        boolean up = toHigh < toLow || toHigh == toLow && (below & 1) == 1;
        return (short) (up ? below + 1 : below);
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void loadsAndStoresOfAnyLengthStayInside(Kernels kernels) {
        for (DType dtype : new DType[] {DType.F16, DType.BF16, DType.F32}) {
            for (int n : SIZES) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment source = Fixtures.matrix(arena, 1, n + 2, 3).data();
                    MemorySegment target = arena.allocate((long) dtype.blockBytes() * (n + 2), 64);
                    target.fill((byte) 77);
                    kernels.store(source, 4, dtype, target, dtype.blockBytes(), n);
                    MemorySegment back = arena.allocate(4L * (n + 2), 64);
                    back.fill((byte) 77);
                    kernels.load(dtype, target, dtype.blockBytes(), back, 4, n);
                    for (int i = 1; i <= n; i++) {
                        float value = source.get(Fixtures.F32, 4L * i);
                        assertThat(back.get(Fixtures.F32, 4L * i)).isCloseTo(value, within(0x1p-8f));
                    }
                    assertThat(back.get(ValueLayout.JAVA_BYTE, 3)).isEqualTo((byte) 77);
                    assertThat(back.get(ValueLayout.JAVA_BYTE, 4L * n + 4)).isEqualTo((byte) 77);
                    assertThat(target.get(ValueLayout.JAVA_BYTE, dtype.blockBytes() - 1))
                            .isEqualTo((byte) 77);
                    assertThat(target.get(ValueLayout.JAVA_BYTE, (long) dtype.blockBytes() * (n + 1)))
                            .isEqualTo((byte) 77);
                }
            }
        }
    }
}

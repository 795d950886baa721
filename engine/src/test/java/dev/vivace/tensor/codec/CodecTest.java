package dev.vivace.tensor.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The golden blocks come from the Python package `gguf`; `codec_golden.py` makes them.
class CodecTest {
    private static final int GOLDEN = 512;

    @ParameterizedTest
    @EnumSource(value = DType.class, names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void decodesGoldenBlocksToTheSameBits(DType dtype) throws IOException {
        byte[] golden = golden(dtype, "decode");
        int encodedBytes = (int) dtype.bytes(GOLDEN);
        float[] expected = floats(Arrays.copyOfRange(golden, encodedBytes, golden.length));
        assertThat(bits(decode(dtype, golden, GOLDEN))).isEqualTo(bits(expected));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
    void encodesGoldenValuesToTheSameBytes(DType dtype) throws IOException {
        byte[] golden = golden(dtype, "encode");
        float[] values = floats(Arrays.copyOf(golden, 4 * GOLDEN));
        assertThat(encode(dtype, values)).isEqualTo(Arrays.copyOfRange(golden, 4 * GOLDEN, golden.length));
    }

    @Test
    void f32KeepsEveryBit() {
        float[] values = {0f, -0f, 1.5f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE};
        assertThat(bits(decode(DType.F32, encode(DType.F32, values), values.length)))
                .isEqualTo(bits(values));
    }

    @Property(tries = 200, seed = "20250301")
    void roundTripStaysWithinHalfALevel(
            @ForAll DType dtype,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int blocks,
            @ForAll @FloatRange(min = -6, max = 3) float exponent,
            @ForAll @FloatRange(min = -3, max = 3) float shift) {
        float size = (float) Math.pow(10, exponent);
        float[] x = normal(new Random(seed), 256 * blocks, size, shift);
        float[] back = decode(dtype, encode(dtype, x), x.length);
        int block = dtype.isQuantized() ? 32 : 1;
        for (int from = 0; from < x.length; from += block) {
            float[] part = Arrays.copyOfRange(x, from, from + block);
            float span = Math.max(0, max(part)) - Math.min(0, min(part));
            float magnitude = Math.max(Math.abs(max(part)), Math.abs(min(part)));
            float whole = superSpan(x, from);
            float bound = switch (dtype) {
                case F32 -> 0;
                case F16 -> magnitude / 2048 + 0x1p-25f;
                case BF16 -> magnitude / 256;
                case Q8_0 -> magnitude / 127 * 0.51f + magnitude / 1024;
                case Q4_0 -> magnitude / 8 * 1.01f;
                case Q5_0 -> magnitude / 16 * 1.01f;
                case Q4_1 -> (max(part) - min(part)) / 15 * 0.51f + magnitude / 512;
                case Q5_1 -> (max(part) - min(part)) / 31 * 0.51f + magnitude / 512;
                // The fit may cut an outlier, and scales are rounded to 6 bits of the largest.
                case Q4_K -> span / 15 * 2.5f + whole / 63;
                case Q5_K -> span / 31 * 2.5f + whole / 63;
                case Q6_K -> magnitude / 32 * 1.2f + whole / 128;
            };
            // The f16 scale of a block of tiny values is a subnormal of at least 2^-24, times the largest level.
            float tiny = dtype.isQuantized() ? 0x1p-24f * 128 * 63 : 0;
            for (int i = 0; i < block; i++) {
                assertThat(Math.abs(part[i] - back[from + i]))
                        .as("%s element %d of %s", dtype, from + i, Arrays.toString(part))
                        .isLessThanOrEqualTo(bound + tiny);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"Q4_K", "Q5_K", "Q6_K"})
    void searchBeatsPlainMinimumAndMaximum(DType dtype) {
        Random random = new Random(7);
        double searched = 0;
        double naive = 0;
        for (int round = 0; round < 50; round++) {
            float[] x = normal(random, 256, 0.02f, 0);
            searched += squaredError(x, decode(dtype, encode(dtype, x), 256));
            naive += squaredError(x, naive(dtype, x));
        }
        assertThat(searched).isLessThan(0.9 * naive);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16"},
            mode = EnumSource.Mode.EXCLUDE)
    void encodingDecodedValuesAgainChangesLittle(DType dtype) {
        float[] x = normal(new Random(3), 1024, 0.1f, 0.02f);
        float[] once = decode(dtype, encode(dtype, x), x.length);
        float[] twice = decode(dtype, encode(dtype, once), x.length);
        assertThat(squaredError(once, twice)).isLessThanOrEqualTo(0.1 * squaredError(x, once));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void zeroesStayZeroes(DType dtype) {
        float[] back = decode(dtype, encode(dtype, new float[256]), 256);
        for (float value : back) {
            assertThat(value).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16"},
            mode = EnumSource.Mode.EXCLUDE)
    void refusesWhatHasNoLevel(DType dtype) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -65536f}) {
            float[] x = new float[256];
            x[17] = bad;
            assertThatThrownBy(() -> encode(dtype, x))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("element 17 is " + bad)
                    .hasMessageContaining(dtype.name());
        }
        assertThatThrownBy(() -> encode(dtype, new float[31])).isInstanceOf(OptionException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16"},
            mode = EnumSource.Mode.EXCLUDE)
    void extremesStayFinite(DType dtype) {
        for (float scale : new float[] {65504f, 1e-20f, Float.MIN_VALUE}) {
            float[] x = normal(new Random(11), 256, 0.2f, 0);
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.clamp(x[i], -1, 1) * scale;
            }
            for (float value : decode(dtype, encode(dtype, x), 256)) {
                assertThat(Math.abs(value)).isLessThan(1.25f * 65504);
            }
        }
    }

    @Test
    void offsetsAndAlignmentAreFree() {
        float[] x = normal(new Random(5), 64, 1, 0);
        MemorySegment from = MemorySegment.ofArray(new byte[4 * 64 + 3]);
        MemorySegment.copy(MemorySegment.ofArray(x), 0, from, 3, 4 * 64);
        MemorySegment blocks = MemorySegment.ofArray(new byte[2 * 34 + 5]);
        Codec.of(DType.Q8_0).encode(from, 3, blocks, 5, 64);
        byte[] expected = encode(DType.Q8_0, x);
        assertThat(blocks.asSlice(5).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
    }

    /// Largest and smallest value give scale and minimum of each sub-block; scales are rounded as the format asks.
    private static float[] naive(DType dtype, float[] x) {
        int top = dtype == DType.Q4_K ? 15 : dtype == DType.Q5_K ? 31 : 63;
        int size = dtype == DType.Q6_K ? 16 : 32;
        int grid = dtype == DType.Q6_K ? 127 : 63;
        int subs = 256 / size;
        float[] scale = new float[subs];
        float[] minimum = new float[subs];
        for (int j = 0; j < subs; j++) {
            float[] part = Arrays.copyOfRange(x, j * size, (j + 1) * size);
            float magnitude = Math.max(max(part), -min(part));
            minimum[j] = dtype == DType.Q6_K ? magnitude * 32 / 31 : -Math.min(0, min(part));
            scale[j] = dtype == DType.Q6_K ? magnitude / 31 : (max(part) + minimum[j]) / top;
        }
        float d = max(scale) / grid;
        float dmin = max(minimum) / grid;
        float[] back = new float[256];
        for (int i = 0; i < 256; i++) {
            float s = Math.round(scale[i / size] / d) * d;
            float m = dtype == DType.Q6_K ? s * 32 : Math.round(minimum[i / size] / dmin) * dmin;
            back[i] = Math.clamp(Math.round((x[i] + m) / s), 0, top) * s - m;
        }
        return back;
    }

    private static float superSpan(float[] x, int from) {
        float[] whole = Arrays.copyOfRange(x, from / 256 * 256, from / 256 * 256 + 256);
        return Math.max(0, max(whole)) - Math.min(0, min(whole));
    }

    private static float[] normal(Random random, int n, float size, float shift) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = size * ((float) random.nextGaussian() + shift);
        }
        return x;
    }

    private static byte[] encode(DType dtype, float[] values) {
        byte[] target = new byte[values.length / dtype.blockElements() * dtype.blockBytes()];
        Codec.of(dtype).encode(MemorySegment.ofArray(values), 0, MemorySegment.ofArray(target), 0, values.length);
        return target;
    }

    private static float[] decode(DType dtype, byte[] blocks, int n) {
        float[] target = new float[n];
        Codec.of(dtype).decode(MemorySegment.ofArray(blocks), 0, MemorySegment.ofArray(target), 0, n);
        return target;
    }

    private static byte[] golden(DType dtype, String what) throws IOException {
        String name = dtype.name().toLowerCase(Locale.ROOT) + "." + what + ".bin";
        try (InputStream in = CodecTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    private static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    private static double squaredError(float[] a, float[] b) {
        double error = 0;
        for (int i = 0; i < a.length; i++) {
            error += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return error;
    }

    private static float max(float[] x) {
        float max = x[0];
        for (float value : x) {
            max = Math.max(max, value);
        }
        return max;
    }

    private static float min(float[] x) {
        float min = x[0];
        for (float value : x) {
            min = Math.min(min, value);
        }
        return min;
    }
}

package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.x86.GuardedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The scan for what is above a threshold, on memory that ends at a guard page.
class ScanTest {
    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void oneNumberAboveIsFoundInEveryPlaceOfEverySlice(Kernels kernels) {
        for (int n : new int[] {1, 2, 7, 8, 9, 15, 16, 17, 33, 63, 64, 65, 130, 200}) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment values = GuardedMemory.allocate(arena, 4L * n);
                for (int from = 0; from <= n; from += 1 + n / 20) {
                    for (float value : new float[] {1, Float.POSITIVE_INFINITY, Float.NaN, -Float.NaN}) {
                        for (int at = 0; at < n; at++) {
                            values.set(Fixtures.F32, 4L * at, value);
                            assertThat(kernels.firstAbove(values, 0, from, n, 0.5f))
                                    .as("n=%d from=%d at=%d value=%s", n, from, at, value)
                                    .isEqualTo(at < from ? n : at);
                            assertThat(kernels.firstAbove(values, 0, from, Math.max(from, at), 0.5f))
                                    .isEqualTo(Math.max(from, at));
                            values.set(Fixtures.F32, 4L * at, 0);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void equalIsNotAbove(Kernels kernels) {
        float[] thresholds = {0f, -0f, 1, -1, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, -Float.MAX_VALUE};
        try (Arena arena = Arena.ofConfined()) {
            for (float threshold : thresholds) {
                MemorySegment values = arena.allocate(400, 64);
                for (int i = 0; i < 100; i++) {
                    values.set(Fixtures.F32, 4L * i, threshold == 0 ? (i % 2 == 0 ? 0f : -0f) : threshold);
                }
                assertThat(kernels.firstAbove(values, 0, 0, 100, threshold)).isEqualTo(100);
                values.set(Fixtures.F32, 4L * 77, Math.nextUp(threshold));
                assertThat(kernels.firstAbove(values, 0, 0, 100, threshold)).isEqualTo(77);
                assertThat(kernels.firstAbove(values, 40, 3, 90, threshold)).isEqualTo(67);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void risingRecordsAreThoseOfPlainSteps(Kernels kernels) {
        SplittableRandom random = new SplittableRandom(1);
        int n = 10_007;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(4L * n + 4, 64);
            for (int i = 0; i <= n; i++) {
                values.set(Fixtures.F32, 4L * i, (float) random.nextDouble(-5, 5));
            }
            float most = Float.NEGATIVE_INFINITY;
            int next = -1;
            for (int i = 0; i < n; i++) {
                float value = values.get(Fixtures.F32, 4 + 4L * i);
                if (value > most) {
                    next = kernels.firstAbove(values, 4, next + 1, n, most);
                    assertThat(next).isEqualTo(i);
                    most = value;
                }
            }
            assertThat(kernels.firstAbove(values, 4, next + 1, n, most)).isEqualTo(n);
        }
    }
}

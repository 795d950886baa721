package dev.vivace.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The largest logits looked for in place: what reading all of them and cutting leaves, at every level.
class LogitScanTest {
    private static final float NONE = Float.NEGATIVE_INFINITY;
    private static final int[] SIZES = {1, 2, 40, 41, 257, 5003, 50_000};
    private static final int[] TOPS = {1, 2, 3, 40, 255, 256};

    static Stream<Kernels> levels() {
        return Arrays.stream(Isa.values())
                .map(isa -> KernelLevels.best(isa).kernels())
                .filter(distinct());
    }

    private static Predicate<Kernels> distinct() {
        List<Isa> seen = new ArrayList<>();
        return kernels -> !seen.contains(kernels.isa()) && seen.add(kernels.isa());
    }

    /// Logits of `n` tokens: plain ones, and those made to be hard.
    private static List<float[]> logits(int n) {
        SplittableRandom random = new SplittableRandom(n);
        return List.of(
                Oracle.gaussian(n, n, 3),
                of(n, i -> random.nextInt(4)),
                of(n, i -> random.nextInt(3) == 0 ? -0.0 : 0.0),
                of(n, i -> i % 50 == (n - 1) % 50 ? -1000 + random.nextDouble() : NONE),
                of(n, i -> i == n - 1 ? -3e38 : NONE),
                of(n, i -> 7),
                of(n, i -> i * 1e-3),
                of(n, i -> i * -1e-3),
                of(n, i -> Math.min(i, n - i) / 7));
    }

    private static float[] of(int n, IntToDoubleFunction logit) {
        float[] logits = new float[n];
        for (int i = 0; i < n; i++) {
            logits[i] = (float) logit.applyAsDouble(i);
        }
        return logits;
    }

    @ParameterizedTest
    @MethodSource("levels")
    void topsAreThoseOfReadingAllAndCutting(Kernels kernels) {
        for (int n : SIZES) {
            for (float[] logits : logits(n)) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment memory = memory(arena, logits);
                    for (int k : TOPS) {
                        Candidates plain = new Candidates();
                        plain.load(memory, 4, n);
                        plain.keepTop(k);
                        LogitScan scan = new LogitScan(kernels);
                        scan.over(memory, 4, n);
                        Candidates found = new Candidates();
                        found.loadTop(scan, k);
                        assertThat(bits(found)).isEqualTo(bits(plain));
                        assertThat(found.indexOf(found.id(0))).isZero();
                        assertThat(found.indexOf(n)).isNegative();
                    }
                }
            }
        }
    }

    private static List<Long> bits(Candidates candidates) {
        return IntStream.range(0, candidates.size())
                .mapToObj(
                        i -> (long) candidates.id(i) << 32 | Float.floatToRawIntBits(candidates.logit(i)) & 0xFFFFFFFFL)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void greedyTakesTheFirstOfTheLargest(Kernels kernels) {
        for (int n : SIZES) {
            for (float[] logits : logits(n)) {
                int best = 0;
                for (int i = 1; i < n; i++) {
                    best = logits[i] > logits[best] ? i : best;
                }
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment memory = memory(arena, logits);
                    assertThat(Sampling.greedy().sampler(1, kernels).sample(memory, 4, n))
                            .isEqualTo(best);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void drawsAreThoseOfPlainLoops(Kernels kernels) {
        for (int n : SIZES) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = memory(arena, Oracle.gaussian(n, n, 2));
                Sampler plain = Sampling.defaults().sampler(5);
                Sampler fast = Sampling.defaults().sampler(5, kernels).fork();
                for (int i = 0; i < 100; i++) {
                    assertThat(fast.sample(memory, 4, n)).isEqualTo(plain.sample(memory, 4, n));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void whatIsNoNumberIsNamedWhereItStands(Kernels kernels) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (int at : new int[] {0, 1, 255, 4999}) {
                float[] logits = Oracle.gaussian(3, 5000, 3);
                logits[at] = bad;
                logits[4999] = bad;
                assertRefused(kernels, logits, "the model's logit of token " + at + " is " + bad);
            }
        }
        assertRefused(kernels, of(5000, i -> NONE), "all 5000 logits of the model are -Infinity");
    }

    private static void assertRefused(Kernels kernels, float[] logits, String sentence) {
        for (Sampling sampling : List.of(Sampling.greedy(), Sampling.defaults(), Sampling.of(new TopK(256)))) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = memory(arena, logits);
                assertThatThrownBy(() -> sampling.sampler(1, kernels).sample(memory, 4, logits.length))
                        .isInstanceOf(FormatException.class)
                        .hasMessageStartingWith(sentence);
            }
        }
    }

    /// The logits from byte 4 on, NaN before and behind.
    private static MemorySegment memory(Arena arena, float[] logits) {
        MemorySegment memory = arena.allocate(4L * logits.length + 8, 64);
        memory.set(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
        MemorySegment.copy(logits, 0, memory, ValueLayout.JAVA_FLOAT, 4, logits.length);
        memory.set(ValueLayout.JAVA_FLOAT, 4L * logits.length + 4, Float.NaN);
        return memory;
    }
}

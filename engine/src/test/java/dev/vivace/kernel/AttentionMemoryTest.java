package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Attention over pages of the size that the engine uses, where every operand ends at memory that nothing may touch;
/// the scalar kernels say what is right.
class AttentionMemoryTest {
    private static final DType[] STORED = {DType.F16, DType.F32, DType.BF16};
    private static final int KV_HEADS = 2;
    private static final int PAGE = 64;

    /// Rows, heads and a cache; the last query heads read the last key-value head.
    private static final class Case {
        final Arena arena;
        final DType dtype;
        final int keyDim;
        final int valueDim;
        final int rows;
        final int heads;
        final AttentionSpan span = new AttentionSpan();

        Case(Arena arena, DType dtype, int keyDim, int valueDim, int rows, int heads, int slots) {
            this.arena = arena;
            this.dtype = dtype;
            this.keyDim = keyDim;
            this.valueDim = valueDim;
            this.rows = rows;
            this.heads = heads;
            Matrix queries = Fixtures.matrix(arena, rows, KV_HEADS * heads * keyDim, 7);
            span.queries = GuardedMemory.copy(arena, queries);
            span.rows = rows;
            span.heads = heads;
            span.head = heads;
            span.kvHead = 1;
            span.kv = cache(slots);
            span.scale = 0.4f;
            span.from = new int[rows];
            span.to = new int[rows];
            for (int r = 0; r < rows; r++) {
                span.to[r] = slots - rows + 1 + r;
            }
            runs(new int[] {0}, new int[] {slots}, new float[] {0});
        }

        void runs(int[] start, int[] length, float[] logWeight) {
            span.runStart = start;
            span.runLength = length;
            span.runLogWeight = logWeight;
            span.runTo = start.length;
        }

        private KvBlocks cache(int slots) {
            KvBlocks kv = new KvBlocks(KV_HEADS, keyDim, valueDim, dtype, PAGE);
            SplittableRandom random = new SplittableRandom(5);
            for (int page = 0; page * PAGE < slots; page++) {
                MemorySegment memory = GuardedMemory.allocate(arena, kv.pageBytes());
                for (long at = 0; at < memory.byteSize(); at += dtype.blockBytes()) {
                    put(memory, at, (float) random.nextDouble(-1, 1));
                }
                kv.page(page, memory, 0);
            }
            return kv;
        }

        private void put(MemorySegment memory, long at, float value) {
            switch (dtype) {
                case F32 -> memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, value);
                case F16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
                default ->
                    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }

        /// Makes every key and value of slots `[from, to)` no number.
        void spoil(int from, int to) {
            for (int slot = from; slot < to; slot++) {
                MemorySegment memory = span.kv.segment(slot / PAGE);
                long bytes = dtype.blockBytes();
                for (int head = 0; head < KV_HEADS; head++) {
                    for (int d = 0; d < keyDim; d++) {
                        put(memory, span.kv.keys(slot / PAGE, head) + (slot % PAGE * keyDim + d) * bytes, Float.NaN);
                    }
                    for (int d = 0; d < valueDim; d++) {
                        long at = span.kv.values(slot / PAGE, head) + (slot % PAGE * valueDim + d) * bytes;
                        put(memory, at, Float.NaN);
                    }
                }
            }
        }

        /// Outputs `[rows, heads * valueDim]`, then log-sum-exps `[rows, heads]`, of rows `[row, row + count)`.
        float[][] attend(Kernels kernels, int row, int count) {
            span.row = row;
            span.rows = count;
            span.outRowStride = heads * valueDim;
            span.out = GuardedMemory.allocate(arena, 4L * count * span.outRowStride);
            span.lseRowStride = heads;
            span.lse = GuardedMemory.allocate(arena, 4L * count * heads);
            span.scratch = GuardedMemory.allocate(arena, kernels.scratchBytes(1, Math.max(keyDim, valueDim)));
            for (long at = 0; at + 4 <= span.scratch.byteSize(); at += 4) {
                span.scratch.set(Fixtures.F32, at, Float.NaN);
            }
            kernels.attend(span);
            return new float[][] {span.out.toArray(Fixtures.F32), span.lse.toArray(Fixtures.F32)};
        }

        void compare(Kernels kernels, float tolerance) {
            float[][] expected = attend(new ScalarKernels(), 0, rows);
            float[][] actual = attend(kernels, 0, rows);
            for (int part = 0; part < 2; part++) {
                for (int i = 0; i < expected[part].length; i++) {
                    String what = dtype + " dims " + keyDim + " " + valueDim + " rows " + rows + " heads " + heads
                            + " [" + i + "]";
                    if (Float.isFinite(expected[part][i])) {
                        assertThat(actual[part][i]).as(what).isCloseTo(expected[part][i], within(tolerance));
                    } else {
                        assertThat(actual[part][i]).as(what).isEqualTo(expected[part][i]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void everySizeOfHeadIsReadAndNothingPastIt(Kernels kernels) {
        for (int dim = 1; dim <= 81; dim += dim < 34 ? 1 : 5) {
            try (Arena arena = Arena.ofConfined()) {
                DType dtype = STORED[dim % STORED.length];
                new Case(arena, dtype, dim, dim, 1, 3, 70).compare(kernels, 4e-6f);
                new Case(arena, dtype, dim, dim, 5, 3, 70).compare(kernels, 4e-6f);
            }
        }
        for (int dim : new int[] {16, 48, 64, 80, 96, 128, 256}) {
            for (DType dtype : STORED) {
                try (Arena arena = Arena.ofConfined()) {
                    new Case(arena, dtype, dim, dim, 1, 4, 150).compare(kernels, 1e-5f);
                    new Case(arena, dtype, dim, 272 - dim, 9, 2, 150).compare(kernels, 1e-5f);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void everyGroupAndEveryNumberOfRows(Kernels kernels) {
        for (int heads = 1; heads <= 9; heads++) {
            for (int rows : new int[] {1, 2, 3, 8, 21, 40}) {
                try (Arena arena = Arena.ofConfined()) {
                    new Case(arena, STORED[rows % 3], 32, 32, rows, heads, 100).compare(kernels, 4e-6f);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void longSpansTakeSeveralCalls(Kernels kernels) {
        for (int rows : new int[] {1, 12}) {
            try (Arena arena = Arena.ofConfined()) {
                Case c = new Case(arena, DType.F16, 32, 32, rows, 2, 2500);
                c.compare(kernels, 4e-6f);
                c.runs(new int[] {3, 64, 200, 1000}, new int[] {40, 64, 700, 1500}, new float[] {0, -1, 0.5f, 0});
                c.compare(kernels, 4e-6f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void extremeScoresAndWeightsOfRuns(Kernels kernels) {
        for (int rows : new int[] {1, 12}) {
            try (Arena arena = Arena.ofConfined()) {
                Case c = new Case(arena, DType.F32, 32, 32, rows, 2, 200);
                float nothing = Float.NEGATIVE_INFINITY;
                c.runs(new int[] {0, 50, 64, 130}, new int[] {50, 14, 60, 70}, new float[] {nothing, 0, -80, 80});
                c.compare(kernels, 1e-5f);
                c.runs(new int[] {0, 100}, new int[] {64, 20}, new float[] {nothing, nothing});
                c.compare(kernels, 0);
                c.runs(new int[] {0}, new int[] {200}, new float[] {0});
                c.span.scale = 1e-42f;
                c.compare(kernels, 4e-6f);
                // Scores of some ten thousand, one of which outweighs all others.
                c.span.scale = 4096;
                c.compare(kernels, 4e-3f);
                c.span.scale = 30;
                c.span.softcap = 50;
                c.compare(kernels, 1e-4f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void aRowsBitsDependNeitherOnItsTileNorOnWhatItDoesNotRead(Kernels kernels) {
        for (DType dtype : STORED) {
            for (int dim : new int[] {33, 64, 80}) {
                try (Arena arena = Arena.ofConfined()) {
                    int rows = 30;
                    Case c = new Case(arena, dtype, dim, dim, rows, 3, 200);
                    for (int r = 0; r < rows; r++) {
                        c.span.from[r] = r * 5;
                    }
                    float[][] together = c.attend(kernels, 0, rows);
                    for (int[] tile : new int[][] {{0, 2}, {2, 3}, {5, 16}, {21, 9}}) {
                        same(c, together, c.attend(kernels, tile[0], tile[1]), tile[0]);
                    }
                    for (int r = rows - 1; r >= 0; r--) {
                        // What follows the row, and what precedes its window, is read by nobody from here on.
                        c.spoil(c.span.to[r], 200);
                        same(c, together, c.attend(kernels, r, 1), r);
                        if (r > 0) {
                            float[][] tile = c.attend(kernels, 0, r + 1);
                            same(c, together, tile, 0);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void whatOtherRowsReadDoesNotMixIn(Kernels kernels) {
        for (DType dtype : STORED) {
            try (Arena arena = Arena.ofConfined()) {
                Case c = new Case(arena, dtype, 48, 48, 20, 2, 100);
                float[][] sound = c.attend(kernels, 0, 20);
                c.spoil(90, 91);
                float[][] spoilt = c.attend(kernels, 0, 20);
                for (int r = 0; r < 20; r++) {
                    boolean reads = c.span.to[r] > 90;
                    for (int i = r * 96; i < r * 96 + 96; i++) {
                        assertThat(Float.isNaN(spoilt[0][i])).isEqualTo(reads);
                        if (!reads) {
                            assertThat(spoilt[0][i]).isEqualTo(sound[0][i]);
                        }
                    }
                }
            }
        }
    }

    private static void same(Case c, float[][] together, float[][] part, int row) {
        int[] widths = {c.heads * c.valueDim, c.heads};
        for (int which = 0; which < 2; which++) {
            for (int i = 0; i < part[which].length; i++) {
                assertThat(Float.floatToRawIntBits(part[which][i]))
                        .isEqualTo(Float.floatToRawIntBits(together[which][row * widths[which] + i]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void headsMergeTogetherAsAlone(Kernels kernels) {
        for (int n : new int[] {1, 16, 37}) {
            try (Arena arena = Arena.ofConfined()) {
                int heads = 5;
                MemorySegment[] a = partial(arena, heads, n, 1);
                MemorySegment[] b = partial(arena, heads, n, 2);
                b[1].set(Fixtures.F32, 8, Float.NEGATIVE_INFINITY);
                a[1].set(Fixtures.F32, 12, Float.NEGATIVE_INFINITY);
                MemorySegment[] alone = {GuardedMemory.copy(arena, a[0]), GuardedMemory.copy(arena, a[1])};
                kernels.mergeHeads(a[0], 0, a[1], 0, b[0], 0, b[1], 0, heads, n);
                for (int h = 0; h < heads; h++) {
                    long at = 4L * h * n;
                    kernels.merge(alone[0], at, alone[1], 4L * h, b[0], at, b[1], 4L * h, n);
                }
                assertThat(a[0].mismatch(alone[0])).isEqualTo(-1);
                assertThat(a[1].mismatch(alone[1])).isEqualTo(-1);
            }
        }
    }

    private static MemorySegment[] partial(Arena arena, int heads, int n, int seed) {
        Matrix values = Fixtures.matrix(arena, 1, heads * (n + 1), seed);
        MemorySegment all = values.data();
        return new MemorySegment[] {
            GuardedMemory.copy(arena, all.asSlice(0, 4L * heads * n)),
            GuardedMemory.copy(arena, all.asSlice(4L * heads * n, 4L * heads))
        };
    }
}

package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Attention against softmax in double over the slots that a row reads. All other memory of the cache is
/// NaN.
class AttentionTest {
    private static final int NO_ONE = -1;

    /// One set-up: a cache, queries, a selection. Rows `[0, rows)` of the queries, key-value head 1 of 2.
    private static final class Case {
        final Arena arena = Arena.ofAuto();
        int rows = 3;
        int heads = 2;
        int keyDim = 16;
        int valueDim = 16;
        int pageTokens = 16;
        int slots = 80;
        DType dtype = DType.F16;
        float scale = 0.3f;
        float softcap;
        int[] from = {0, 0, 0};
        int[] to = {70, 71, 72};
        int[] runStart = {0};
        int[] runLength = {80};
        float[] runLogWeight = {0};
        double largest = 1;

        int firstHead() {
            return heads;
        }

        /// What slot `slot` adds to a score, NaN when it is in no run.
        float logWeight(int slot) {
            for (int run = 0; run < runStart.length; run++) {
                if (slot >= runStart[run] && slot < runStart[run] + runLength[run]) {
                    return runLogWeight[run];
                }
            }
            return Float.NaN;
        }

        boolean reads(int row, int slot) {
            return slot >= from[row] && slot < to[row] && !Float.isNaN(logWeight(slot));
        }
    }

    private record Result(float[][] out, float[] lse) {}

    private static Result attend(Kernels kernels, Case c, Matrix queries, KvBlocks kv, int row, int rows) {
        AttentionSpan span = new AttentionSpan();
        span.queries = queries;
        span.row = row;
        span.rows = rows;
        span.head = c.firstHead();
        span.heads = c.heads;
        span.kv = kv;
        span.kvHead = 1;
        span.scale = c.scale;
        span.softcap = c.softcap;
        span.from = c.from;
        span.to = c.to;
        // Runs outside [runFrom, runTo) must not count.
        span.runStart = around(c.runStart);
        span.runLength = around(c.runLength);
        span.runLogWeight = new float[c.runLogWeight.length + 2];
        System.arraycopy(c.runLogWeight, 0, span.runLogWeight, 1, c.runLogWeight.length);
        span.runFrom = 1;
        span.runTo = 1 + c.runStart.length;
        span.outRowStride = c.heads * c.valueDim + 3;
        span.out = c.arena.allocate(8 + 4L * rows * span.outRowStride, 64);
        span.outOffset = 4;
        for (long at = 0; at < span.out.byteSize(); at += 4) {
            span.out.set(Fixtures.F32, at, Float.NaN);
        }
        span.lseRowStride = c.heads + 1;
        span.lse = c.arena.allocate(12 + 4L * rows * span.lseRowStride, 64);
        span.lseOffset = 8;
        span.scratch = Fixtures.scratch(c.arena, kernels, 1, Math.max(c.keyDim, c.valueDim));
        kernels.attend(span);
        float[][] out = new float[rows * c.heads][c.valueDim];
        float[] lse = new float[rows * c.heads];
        for (int r = 0; r < rows; r++) {
            for (int h = 0; h < c.heads; h++) {
                for (int d = 0; d < c.valueDim; d++) {
                    long at = 4 + 4L * (r * span.outRowStride + h * c.valueDim + d);
                    out[r * c.heads + h][d] = span.out.get(Fixtures.F32, at);
                }
                lse[r * c.heads + h] = span.lse.get(Fixtures.F32, 8 + 4L * (r * span.lseRowStride + h));
            }
        }
        return new Result(out, lse);
    }

    private static int[] around(int[] values) {
        int[] wider = new int[values.length + 2];
        System.arraycopy(values, 0, wider, 1, values.length);
        wider[0] = 0;
        wider[wider.length - 1] = 3;
        return wider;
    }

    /// A cache whose slots outside of what `row` (or any row, for [#NO_ONE]) reads are NaN.
    private static KvBlocks cache(Kernels kernels, Case c, int row) {
        KvBlocks kv = new KvBlocks(2, c.keyDim, c.valueDim, c.dtype, c.pageTokens);
        SplittableRandom random = new SplittableRandom(17);
        int pages = (c.slots + c.pageTokens - 1) / c.pageTokens;
        int most = Math.max(c.keyDim, c.valueDim);
        for (int page = 0; page < pages; page++) {
            int before = 64 * (page % 3);
            MemorySegment segment = c.arena.allocate(before + kv.pageBytes(), 64);
            kv.page(page, segment, before);
            for (int s = 0; s < c.pageTokens; s++) {
                int slot = page * c.pageTokens + s;
                for (int head = 0; head < 2; head++) {
                    boolean used = head == 1 && used(c, row, slot);
                    float[] key = new float[most];
                    float[] value = new float[most];
                    for (int d = 0; d < most; d++) {
                        float k = (float) random.nextDouble(-c.largest, c.largest);
                        float v = (float) random.nextDouble(-1, 1);
                        key[d] = used ? k : Float.NaN;
                        value[d] = used ? v : Float.NaN;
                    }
                    long bytes = c.dtype.blockBytes();
                    MemorySegment keys = Fixtures.segment(c.arena, key);
                    MemorySegment values = Fixtures.segment(c.arena, value);
                    kernels.store(keys, 0, c.dtype, segment, kv.keys(page, head) + s * bytes * c.keyDim, c.keyDim);
                    kernels.store(
                            values, 0, c.dtype, segment, kv.values(page, head) + s * bytes * c.valueDim, c.valueDim);
                }
            }
        }
        return kv;
    }

    private static boolean used(Case c, int row, int slot) {
        for (int r = 0; r < c.rows; r++) {
            if ((row == NO_ONE || r == row) && c.reads(r, slot)) {
                return true;
            }
        }
        return false;
    }

    private static double element(Case c, MemorySegment segment, long at, int d) {
        return c.dtype == DType.F32
                ? segment.get(Fixtures.F32, at + 4L * d)
                : Float.float16ToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2L * d));
    }

    private static double score(Case c, Matrix queries, KvBlocks kv, int row, int head, int slot) {
        int page = slot / c.pageTokens;
        long key = kv.keys(page, 1) + (long) (slot % c.pageTokens) * c.keyDim * c.dtype.blockBytes();
        double dot = 0;
        for (int d = 0; d < c.keyDim; d++) {
            dot += queries.at(row, (c.firstHead() + head) * c.keyDim + d) * element(c, kv.segment(page), key, d);
        }
        double score = c.scale * dot;
        return c.softcap == 0 ? score : c.softcap * Math.tanh(score / c.softcap);
    }

    /// Softmax by its definition.
    private static void compare(Kernels kernels, Case c) {
        Matrix queries = Fixtures.matrix(c.arena, c.rows, 2 * c.heads * c.keyDim, 3);
        KvBlocks kv = cache(kernels, c, NO_ONE);
        Result result = attend(kernels, c, queries, kv, 0, c.rows);
        for (int r = 0; r < c.rows; r++) {
            for (int h = 0; h < c.heads; h++) {
                double largest = Double.NEGATIVE_INFINITY;
                for (int slot = 0; slot < c.slots; slot++) {
                    if (c.reads(r, slot)) {
                        largest = Math.max(largest, score(c, queries, kv, r, h, slot) + c.logWeight(slot));
                    }
                }
                double sum = 0;
                double[] out = new double[c.valueDim];
                for (int slot = 0; slot < c.slots; slot++) {
                    if (c.reads(r, slot)) {
                        double score = score(c, queries, kv, r, h, slot) + c.logWeight(slot);
                        double weight = Math.exp(score - largest);
                        sum += weight;
                        int page = slot / c.pageTokens;
                        long value =
                                kv.values(page, 1) + (long) (slot % c.pageTokens) * c.valueDim * c.dtype.blockBytes();
                        for (int d = 0; d < c.valueDim; d++) {
                            out[d] += weight * element(c, kv.segment(page), value, d);
                        }
                    }
                }
                int index = r * c.heads + h;
                if (sum == 0) {
                    assertThat(result.lse[index]).isEqualTo(Float.NEGATIVE_INFINITY);
                    assertThat(result.out[index]).containsOnly(0f);
                    continue;
                }
                double tolerance = 2e-6 * (1 + c.largest);
                assertThat((double) result.lse[index]).isCloseTo(largest + Math.log(sum), within(tolerance));
                for (int d = 0; d < c.valueDim; d++) {
                    assertThat((double) result.out[index][d])
                            .as("row %d head %d [%d]", r, h, d)
                            .isCloseTo(out[d] / sum, within(tolerance));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void agreesWithSoftmaxInDouble(Kernels kernels) {
        for (DType dtype : new DType[] {DType.F16, DType.F32}) {
            for (int dim : new int[] {1, 2, 4, 8, 15, 16, 17, 31, 32, 33, 64, 72, 100}) {
                Case c = new Case();
                c.dtype = dtype;
                c.keyDim = dim;
                c.valueDim = dim;
                compare(kernels, c);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void keysAndValuesMayDifferInSize(Kernels kernels) {
        Case c = new Case();
        c.keyDim = 24;
        c.valueDim = 80;
        compare(kernels, c);
        c.keyDim = 80;
        c.valueDim = 24;
        compare(kernels, c);
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void readsSeveralRunsAcrossPagesOfAnySize(Kernels kernels) {
        for (int pageTokens : new int[] {1, 4, 16, 32, 64, 256}) {
            Case c = new Case();
            c.pageTokens = pageTokens;
            c.runStart = new int[] {1, 9, 10, 30, 47, 69, 76};
            c.runLength = new int[] {3, 1, 7, 5, 20, 0, 2};
            c.runLogWeight = new float[] {0, 1.5f, 0, -2, 0.25f, 0, 3};
            c.to = new int[] {50, 64, 80};
            c.from = new int[] {0, 3, 33};
            compare(kernels, c);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void windowsCapsAndGroups(Kernels kernels) {
        Case c = new Case();
        c.from = new int[] {31, 32, 33};
        c.to = new int[] {32, 33, 65};
        compare(kernels, c);
        c.softcap = 0.7f;
        compare(kernels, c);
        c.heads = 1;
        compare(kernels, c);
        c.heads = 5;
        c.rows = 40;
        c.from = new int[40];
        c.to = new int[40];
        for (int r = 0; r < 40; r++) {
            c.from[r] = Math.max(0, 10 + r - 20);
            c.to[r] = 11 + r;
        }
        compare(kernels, c);
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void largeScoresNeitherOverflowNorLoseTheLargest(Kernels kernels) {
        Case c = new Case();
        c.dtype = DType.F32;
        c.scale = 1;
        c.largest = 200;
        compare(kernels, c);
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void rowsThatReadNothingGetZeroAndMinusInfinity(Kernels kernels) {
        Case c = new Case();
        c.from = new int[] {5, 40, 80};
        c.to = new int[] {5, 0, 80};
        compare(kernels, c);
        c.from = new int[] {0, 0, 0};
        c.to = new int[] {10, 20, 30};
        c.runStart = new int[] {15, 30};
        c.runLength = new int[] {0, 20};
        c.runLogWeight = new float[2];
        compare(kernels, c);
        c.runStart = new int[0];
        c.runLength = new int[0];
        c.runLogWeight = new float[0];
        compare(kernels, c);
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void aRowsBitsAreTheSameInEveryTileAndNoOtherMemoryIsUsed(Kernels kernels) {
        Case c = new Case();
        c.rows = 37;
        c.heads = 3;
        c.slots = 200;
        c.from = new int[37];
        c.to = new int[37];
        for (int r = 0; r < 37; r++) {
            c.from[r] = Math.max(0, 100 + r - 90);
            c.to[r] = 101 + r;
        }
        c.runStart = new int[] {0, 20, 60, 64, 128};
        c.runLength = new int[] {7, 30, 4, 33, 72};
        c.runLogWeight = new float[] {0, 0, 1, 0, 0};
        Matrix queries = Fixtures.matrix(c.arena, c.rows, 2 * c.heads * c.keyDim, 3);
        KvBlocks all = cache(kernels, c, NO_ONE);
        Result together = attend(kernels, c, queries, all, 0, c.rows);
        for (int[] tile : new int[][] {{0, 5}, {5, 1}, {6, 22}, {28, 9}}) {
            Result part = attend(kernels, c, queries, all, tile[0], tile[1]);
            for (int i = 0; i < tile[1] * c.heads; i++) {
                assertSameBits(part, i, together, tile[0] * c.heads + i);
            }
        }
        for (int r = 0; r < c.rows; r++) {
            // Here even what only the other rows read is NaN.
            Result alone = attend(kernels, c, queries, cache(kernels, c, r), r, 1);
            for (int h = 0; h < c.heads; h++) {
                assertSameBits(alone, h, together, r * c.heads + h);
            }
        }
    }

    private static void assertSameBits(Result a, int i, Result b, int j) {
        assertThat(Float.floatToRawIntBits(a.lse[i])).isEqualTo(Float.floatToRawIntBits(b.lse[j]));
        assertThat(bits(a.out[i])).isEqualTo(bits(b.out[j])).doesNotContain(Float.floatToIntBits(Float.NaN));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void whatIsNoNumberIsNotHidden(Kernels kernels) {
        for (int to : new int[] {1, 2, 31, 32, 33, 64}) {
            Case c = new Case();
            c.from = new int[] {0, 0, 0};
            c.to = new int[] {to, to, to};
            Matrix queries = Fixtures.matrix(c.arena, c.rows, 2 * c.heads * c.keyDim, 3);
            for (int d = 0; d < queries.columns(); d++) {
                queries.set(1, d, Float.NaN);
            }
            Result result = attend(kernels, c, queries, cache(kernels, c, NO_ONE), 0, c.rows);
            for (int h = 0; h < c.heads; h++) {
                assertThat(result.lse[c.heads + h]).isNaN();
                assertThat(result.out[c.heads + h][0]).isNaN();
                assertThat(result.lse[h]).isFinite();
                assertThat(result.lse[2 * c.heads + h]).isFinite();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void cuttingARunInTwoChangesNoBits(Kernels kernels) {
        Case c = new Case();
        Matrix queries = Fixtures.matrix(c.arena, c.rows, 2 * c.heads * c.keyDim, 3);
        KvBlocks kv = cache(kernels, c, NO_ONE);
        Result one = attend(kernels, c, queries, kv, 0, c.rows);
        c.runStart = new int[] {0, 11, 32, 50};
        c.runLength = new int[] {11, 21, 18, 30};
        c.runLogWeight = new float[4];
        Result cut = attend(kernels, c, queries, kv, 0, c.rows);
        for (int i = 0; i < c.rows * c.heads; i++) {
            assertSameBits(cut, i, one, i);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void scoresAreThoseOfTheFormula(Kernels kernels) {
        for (DType dtype : new DType[] {DType.F16, DType.F32}) {
            for (float softcap : new float[] {0, 0.4f}) {
                for (int n : new int[] {0, 1, 15, 16, 17, 60}) {
                    Case c = new Case();
                    c.dtype = dtype;
                    c.softcap = softcap;
                    c.keyDim = 20;
                    Matrix queries = Fixtures.matrix(c.arena, c.rows, 2 * c.heads * c.keyDim, 3);
                    KvBlocks kv = cache(kernels, c, NO_ONE);
                    MemorySegment out = Fixtures.segment(c.arena, new float[n + 2]);
                    kernels.scores(queries, 2, c.firstHead() + 1, kv, 1, c.scale, softcap, 9, 9 + n, out, 4);
                    assertThat(out.get(Fixtures.F32, 0)).isZero();
                    assertThat(out.get(Fixtures.F32, 4L * n + 4)).isZero();
                    for (int i = 0; i < n; i++) {
                        double expected = score(c, queries, kv, 2, 1, 9 + i);
                        assertThat((double) out.get(Fixtures.F32, 4L * i + 4)).isCloseTo(expected, within(2e-6));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void partsMergeToTheWholeInAnyGrouping(Kernels kernels) {
        for (int dim : new int[] {1, 15, 16, 17, 33, 64}) {
            Case c = new Case();
            c.keyDim = dim;
            c.valueDim = dim;
            Matrix queries = Fixtures.matrix(c.arena, c.rows, 2 * c.heads * dim, 3);
            KvBlocks kv = cache(kernels, c, NO_ONE);
            Result whole = attend(kernels, c, queries, kv, 0, c.rows);
            Result[] parts = new Result[3];
            int[][] spans = {{0, 10}, {10, 40}, {50, 30}};
            for (int i = 0; i < 3; i++) {
                c.runStart = new int[] {spans[i][0]};
                c.runLength = new int[] {spans[i][1]};
                parts[i] = attend(kernels, c, queries, kv, 0, c.rows);
            }
            Result left = merge(kernels, c, merge(kernels, c, parts[0], parts[1]), parts[2]);
            Result right = merge(kernels, c, parts[0], merge(kernels, c, parts[1], parts[2]));
            for (int i = 0; i < whole.lse.length; i++) {
                assertThat(left.lse[i]).isCloseTo(whole.lse[i], within(2e-6f));
                assertThat(right.lse[i]).isCloseTo(whole.lse[i], within(2e-6f));
                for (int d = 0; d < dim; d++) {
                    assertThat(left.out[i][d]).isCloseTo(whole.out[i][d], within(2e-6f));
                    assertThat(right.out[i][d]).isCloseTo(whole.out[i][d], within(2e-6f));
                }
            }
        }
    }

    private static Result merge(Kernels kernels, Case c, Result a, Result b) {
        float[][] out = new float[a.out.length][];
        float[] lse = new float[a.out.length];
        for (int i = 0; i < out.length; i++) {
            int n = a.out[i].length;
            MemorySegment out1 = Fixtures.segment(c.arena, a.out[i]);
            MemorySegment lse1 = Fixtures.segment(c.arena, 0, a.lse[i]);
            MemorySegment out2 = Fixtures.segment(c.arena, b.out[i]);
            MemorySegment lse2 = Fixtures.segment(c.arena, 0, 0, b.lse[i]);
            kernels.merge(out1, 0, lse1, 4, out2, 0, lse2, 8, n);
            out[i] = out1.toArray(Fixtures.F32);
            lse[i] = lse1.get(Fixtures.F32, 4);
        }
        return new Result(out, lse);
    }

    @ParameterizedTest
    @MethodSource("dev.vivace.kernel.Fixtures#levels")
    void anEmptyPartChangesNoBits(Kernels kernels) {
        Case c = new Case();
        c.rows = 1;
        c.heads = 1;
        float[] values = {0.1f, -2e-30f, -0f, 3e30f, 1 / 3f};
        Result part = new Result(new float[][] {values}, new float[] {0.7f});
        Result empty = new Result(new float[][] {new float[5]}, new float[] {Float.NEGATIVE_INFINITY});
        assertSameBits(merge(kernels, c, part, empty), 0, part, 0);
        assertSameBits(merge(kernels, c, empty, part), 0, part, 0);
        assertSameBits(merge(kernels, c, empty, empty), 0, empty, 0);
    }
}

package dev.vivace.kernel.x86.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Tiles and panels are laid out here by hand, and the code runs on [TileMachine], so that it is tested everywhere;
/// on the processor as well where it has tiles. All operands end at guard pages.
class TileProductTest {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int ROWS = 53;

    /// Numbers that are bf16 already, and the operands made of them.
    private record Case(int columns, int panels, float[][] x, float[][] w, MemorySegment inputs, MemorySegment packed) {
        static Case of(Arena arena, int columns, int panels) {
            SplittableRandom random = new SplittableRandom(columns * 100L + panels);
            int across = (columns + 31) / 32;
            MemorySegment inputs = GuardedMemory.allocate(arena, (ROWS + 15) / 16 * across * 1024L);
            inputs.asSlice(0, inputs.byteSize()).fill((byte) 0xFF);
            MemorySegment packed = GuardedMemory.allocate(arena, panels * across * 1024L);
            float[][] x = new float[ROWS][across * 32];
            float[][] w = new float[16 * panels][across * 32];
            for (int r = 0; r < ROWS; r++) {
                for (int c = 0; c < across * 32; c++) {
                    x[r][c] = c < columns ? FloatFixtures.toBf16((float) random.nextDouble(-1, 1)) : 0;
                    long place = (r / 16 * across + c / 32) * 1024L + r % 16 * 64 + c % 32 * 2;
                    inputs.set(U16, place, (short) (Float.floatToRawIntBits(x[r][c]) >> 16));
                }
            }
            for (int o = 0; o < 16 * panels; o++) {
                for (int c = 0; c < columns; c++) {
                    w[o][c] = FloatFixtures.toBf16((float) random.nextDouble(-1, 1));
                    long place = o / 16 * across * 1024L + c / 2 * 64 + o % 16 * 4 + c % 2 * 2;
                    packed.set(U16, place, (short) (Float.floatToRawIntBits(w[o][c]) >> 16));
                }
            }
            return new Case(columns, panels, x, w, inputs, packed);
        }

        /// Rows `[from, to)`, computed by the simulated processor, or by the real one.
        Matrix product(Arena arena, int from, int to, boolean simulated) {
            Matrix y = GuardedMemory.matrix(arena, to - from, 16 * panels);
            MemorySegment scratch = GuardedMemory.allocate(arena, TileProduct.SCRATCH);
            TileMachine machine = new TileMachine();
            machine.permit(inputs, false);
            machine.permit(packed, false);
            machine.permit(scratch, false);
            machine.permit(y.data().asSlice(0, (to - from) * 64L * panels), true);
            TileProduct product = new TileProduct(simulated ? machine : TileKernel.Loader.NATIVE);
            long target = y.data().address();
            product.multiply(
                    packed.address(), panels, columns, inputs.address(), from, to, target, 4L * y.stride(), scratch);
            return y;
        }

        /// Each of `columns` terms, and each tile, takes a rounding.
        void check(Matrix y, int from, int to) {
            for (int r = from; r < to; r++) {
                for (int o = 0; o < 16 * panels; o++) {
                    double sum = 0;
                    double size = 0;
                    for (int c = 0; c < columns; c++) {
                        sum += (double) x[r][c] * w[o][c];
                        size += Math.abs((double) x[r][c] * w[o][c]);
                    }
                    double bound = 1.02 * (columns + 2) * 0x1p-24 * size + Float.MIN_NORMAL;
                    String where = "columns=" + columns + " panels=" + panels + " row=" + r + " output=" + o;
                    assertEquals(sum, y.at(r - from, o), bound, where);
                }
            }
        }
    }

    @Test
    void sumsAreWithinTheRoundingOfTheirTermsForAllRangesOfRows() {
        for (int columns : new int[] {1, 2, 31, 32, 33, 64, 127}) {
            for (int panels : new int[] {1, 2, 3}) {
                ranges(columns, panels, true);
            }
        }
    }

    @Test
    void theProcessorAgreesWhereItHasTiles() {
        Assumptions.assumeTrue(
                FloatFixtures.targets().stream().anyMatch(Target::tiles),
                "skipped: this machine has no AMX: its tiles ran in the simulator alone");
        for (int columns : new int[] {1, 2, 31, 32, 33, 64, 127, 577}) {
            for (int panels : new int[] {1, 2, 3, 8}) {
                ranges(columns, panels, false);
            }
        }
    }

    private static void ranges(int columns, int panels, boolean simulated) {
        int[][] ranges = {{0, 1}, {0, 16}, {0, 32}, {0, ROWS}, {3, 5}, {7, 16}, {15, 17}, {16, 32}, {31, 33}, {40, 53}};
        try (Arena arena = Arena.ofConfined()) {
            Case some = Case.of(arena, columns, panels);
            for (int[] range : ranges) {
                some.check(some.product(arena, range[0], range[1], simulated), range[0], range[1]);
            }
        }
    }

    @Test
    void aRowHasTheSameBitsAloneAndInAnySplit() {
        try (Arena arena = Arena.ofConfined()) {
            Case some = Case.of(arena, 95, 3);
            Matrix together = some.product(arena, 0, ROWS, true);
            for (int step : new int[] {1, 5, 16, 20}) {
                for (int from = 0; from < ROWS; from += step) {
                    int to = Math.min(ROWS, from + step);
                    Matrix part = some.product(arena, from, to, true);
                    for (int r = from; r < to; r++) {
                        assertEquals(-1, together.row(r).mismatch(part.row(r - from)), "row=" + r + " step=" + step);
                    }
                }
            }
        }
    }
}

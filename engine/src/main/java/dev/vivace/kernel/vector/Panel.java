package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.F32;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Multiplies decoded weights, laid out so that the outputs of a panel are the lanes of two vectors: nothing is
/// left to be added up at the end, and one loaded weight serves six rows. Every pair of row and output is one
/// chain of fused multiply-adds over the columns in order.
///
/// A panel is `[columns, WIDTH]` f32: column `k` of output `o` at byte `4 * (k * WIDTH + o)`.
final class Panel {
    /// Outputs of a panel.
    static final int WIDTH = 2 * L;

    /// Rows that [#six] takes: 12 accumulators, two weights and one input fit the 16 registers of the smaller
    /// machines.
    static final int ROWS = 6;

    /// Columns decoded at a time, so that what is being laid out stays in the first-level cache; a multiple of
    /// every format's block.
    private static final int CHUNK = 256;

    private static final long STEP = 4L * WIDTH;

    private Panel() {}

    /// Lays out `count` outputs: those numbered from `first` on, or `outputs[first]` and following. What a
    /// panel of fewer outputs leaves over is not read.
    static void lay(VectorWeights weights, int[] outputs, int first, int count, MemorySegment panel, long row) {
        int columns = weights.columns();
        for (int k = 0; k < columns; k += CHUNK) {
            int n = Math.min(CHUNK, columns - k);
            for (int o = 0; o < count; o++) {
                int output = VectorMultiply.output(outputs, first + o);
                weights.format().decode(weights.data(), weights.offset(output, k), n, panel, row);
                spread(panel, row, n, k * STEP + 4L * o);
            }
        }
    }

    private static void spread(MemorySegment panel, long row, int n, long to) {
        for (int k = 0; k < n; k++) {
            Lanes.put(panel, to + k * STEP, Lanes.float32(panel, row + 4L * k));
        }
    }

    /// Six rows of `x` by all outputs of the panel; the sums of row `r` go to `y` at `yAt + r * yStep`.
    static void six(
            MemorySegment panel,
            int columns,
            MemorySegment x,
            long xAt,
            long xStep,
            MemorySegment y,
            long yAt,
            long yStep) {
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector b4 = a0;
        FloatVector b5 = a0;
        for (int k = 0; k < columns; k++) {
            FloatVector u = FloatVector.fromMemorySegment(F, panel, k * STEP, LE);
            FloatVector v = FloatVector.fromMemorySegment(F, panel, k * STEP + STEP / 2, LE);
            long q = xAt + 4L * k;
            FloatVector s = FloatVector.broadcast(F, x.get(F32, q));
            a0 = s.fma(u, a0);
            b0 = s.fma(v, b0);
            s = FloatVector.broadcast(F, x.get(F32, q + xStep));
            a1 = s.fma(u, a1);
            b1 = s.fma(v, b1);
            s = FloatVector.broadcast(F, x.get(F32, q + 2 * xStep));
            a2 = s.fma(u, a2);
            b2 = s.fma(v, b2);
            s = FloatVector.broadcast(F, x.get(F32, q + 3 * xStep));
            a3 = s.fma(u, a3);
            b3 = s.fma(v, b3);
            s = FloatVector.broadcast(F, x.get(F32, q + 4 * xStep));
            a4 = s.fma(u, a4);
            b4 = s.fma(v, b4);
            s = FloatVector.broadcast(F, x.get(F32, q + 5 * xStep));
            a5 = s.fma(u, a5);
            b5 = s.fma(v, b5);
        }
        a0.intoMemorySegment(y, yAt, LE);
        b0.intoMemorySegment(y, yAt + STEP / 2, LE);
        a1.intoMemorySegment(y, yAt + yStep, LE);
        b1.intoMemorySegment(y, yAt + yStep + STEP / 2, LE);
        a2.intoMemorySegment(y, yAt + 2 * yStep, LE);
        b2.intoMemorySegment(y, yAt + 2 * yStep + STEP / 2, LE);
        a3.intoMemorySegment(y, yAt + 3 * yStep, LE);
        b3.intoMemorySegment(y, yAt + 3 * yStep + STEP / 2, LE);
        a4.intoMemorySegment(y, yAt + 4 * yStep, LE);
        b4.intoMemorySegment(y, yAt + 4 * yStep + STEP / 2, LE);
        a5.intoMemorySegment(y, yAt + 5 * yStep, LE);
        b5.intoMemorySegment(y, yAt + 5 * yStep + STEP / 2, LE);
    }

    /// One row, as [#six].
    static void one(MemorySegment panel, int columns, MemorySegment x, long xAt, MemorySegment y, long yAt) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        for (int k = 0; k < columns; k++) {
            FloatVector s = FloatVector.broadcast(F, x.get(F32, xAt + 4L * k));
            a = s.fma(FloatVector.fromMemorySegment(F, panel, k * STEP, LE), a);
            b = s.fma(FloatVector.fromMemorySegment(F, panel, k * STEP + STEP / 2, LE), b);
        }
        a.intoMemorySegment(y, yAt, LE);
        b.intoMemorySegment(y, yAt + STEP / 2, LE);
    }
}

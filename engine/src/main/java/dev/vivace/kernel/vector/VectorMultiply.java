package dev.vivace.kernel.vector;

import dev.vivace.kernel.Phase;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/// Walks the outputs and rows of a multiply. Outputs are numbers `[from, to)` themselves, or of a list of
/// outputs.
final class VectorMultiply {
    /// In place of a list: output `i` is `i`.
    static final int[] ALL = {};

    private VectorMultiply() {}

    static int output(int[] outputs, int i) {
        return outputs == ALL ? i : outputs[i];
    }

    static long scratchBytes(int columns) {
        return Math.max(Lanes.scratchBytes(columns), 4L * (Panel.WIDTH + 1) * columns + 4L * Panel.WIDTH * Panel.ROWS);
    }

    /// The path of the phase.
    static void outputs(
            VectorWeights weights,
            Phase phase,
            Matrix x,
            int rowFrom,
            int rowTo,
            Matrix y,
            int[] outputs,
            int from,
            int to,
            MemorySegment scratch) {
        if (phase.isPrefill()) {
            panels(weights, x, rowFrom, rowTo, y, outputs, from, to, scratch);
        } else {
            fused(weights, x, rowFrom, rowTo, y, outputs, from, to, scratch);
        }
    }

    /// Rows of the decode and verify phases: each weight row is read once and decoded on the way into the sums.
    private static void fused(
            VectorWeights weights,
            Matrix x,
            int rowFrom,
            int rowTo,
            Matrix y,
            int[] outputs,
            int from,
            int to,
            MemorySegment scratch) {
        RowFormat format = weights.format();
        MemorySegment w = weights.data();
        int columns = weights.columns();
        long xStep = 4L * x.stride();
        long yStep = 4L * y.stride();
        for (int i = from; i < to; i++) {
            int output = output(outputs, i);
            long at = weights.offset(output, 0);
            int r = rowFrom;
            for (; r <= rowTo - 4; r += 4) {
                long yAt = y.offset(r) + 4L * output;
                format.dot4(w, at, x.data(), x.offset(r), xStep, columns, y.data(), yAt, yStep, scratch);
            }
            for (; r < rowTo; r++) {
                float sum = format.dot(w, at, x.data(), x.offset(r), columns, scratch);
                Lanes.put(y.data(), y.offset(r) + 4L * output, sum);
            }
        }
    }

    /// Rows of the prefill phase: panels of decoded weights serve all rows.
    private static void panels(
            VectorWeights weights,
            Matrix x,
            int rowFrom,
            int rowTo,
            Matrix y,
            int[] outputs,
            int from,
            int to,
            MemorySegment scratch) {
        int columns = weights.columns();
        long row = 4L * Panel.WIDTH * columns;
        long sums = row + 4L * columns;
        for (int i = from; i < to; i += Panel.WIDTH) {
            int count = Math.min(Panel.WIDTH, to - i);
            Panel.lay(weights, outputs, i, count, scratch, row);
            if (outputs == ALL && count == Panel.WIDTH) {
                rows(scratch, columns, x, rowFrom, rowTo, y.data(), y.offset(rowFrom) + 4L * i, 4L * y.stride());
            } else {
                for (int r = rowFrom; r < rowTo; r += Panel.ROWS) {
                    int end = Math.min(rowTo, r + Panel.ROWS);
                    rows(scratch, columns, x, r, end, scratch, sums, 4L * Panel.WIDTH);
                    scatter(scratch, sums, r, end, y, outputs, i, count);
                }
            }
        }
    }

    private static void rows(
            MemorySegment panel, int columns, Matrix x, int rowFrom, int rowTo, MemorySegment y, long yAt, long yStep) {
        long at = yAt;
        int r = rowFrom;
        for (; r <= rowTo - Panel.ROWS; r += Panel.ROWS) {
            Panel.six(panel, columns, x.data(), x.offset(r), 4L * x.stride(), y, at, yStep);
            at += Panel.ROWS * yStep;
        }
        for (; r < rowTo; r++) {
            Panel.one(panel, columns, x.data(), x.offset(r), y, at);
            at += yStep;
        }
    }

    private static void scatter(
            MemorySegment scratch, long sums, int rowFrom, int rowTo, Matrix y, int[] outputs, int first, int count) {
        for (int r = rowFrom; r < rowTo; r++) {
            for (int o = 0; o < count; o++) {
                float sum = Lanes.float32(scratch, sums + 4L * ((r - rowFrom) * Panel.WIDTH + o));
                Lanes.put(y.data(), y.offset(r) + 4L * output(outputs, first + o), sum);
            }
        }
    }
}

package dev.vivace.runtime;

import dev.vivace.seam.Batch;
import dev.vivace.seam.Results;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Want;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What the last step computed; reused.
final class StepResults implements Results {
    private final StepState step;
    private final StepCapture capture;
    private Matrix logits = Scratch.NOTHING;
    private int[] logitsRows = new int[32];

    StepResults(StepState step, StepCapture capture) {
        this.step = step;
        this.capture = capture;
    }

    /// Notes which batch rows the rows of `matrix` belong to.
    void logits(Matrix matrix, LiveRows rows) {
        logits = matrix;
        if (logitsRows.length < step.batch().rows()) {
            logitsRows = new int[Math.max(step.batch().rows(), logitsRows.length * 2)];
        }
        Arrays.fill(logitsRows, -1);
        for (int i = 0; i < rows.count(); i++) {
            logitsRows[rows.batchRow(i)] = i;
        }
    }

    @Override
    public Batch batch() {
        return step.batch();
    }

    @Override
    public Matrix logits() {
        return logits;
    }

    @Override
    public int logitsRow(int row) {
        int found = row < logitsRows.length ? logitsRows[row] : -1;
        if (found < 0) {
            throw new IllegalArgumentException("logits of row " + row + " were not asked for");
        }
        return found;
    }

    @Override
    public int slot(int row) {
        return step.slot(row);
    }

    @Override
    public MemorySegment hidden(int row, int layer) {
        return capture.find(Want.HIDDEN, row, null, layer);
    }

    @Override
    public MemorySegment scores(int row, int layer) {
        return capture.find(Want.SCORES, row, null, layer);
    }

    @Override
    public MemorySegment mass(Sequence sequence, int layer) {
        return capture.find(Want.MASS, -1, sequence, layer);
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Batch;
import dev.vivace.seam.PackedModel;
import dev.vivace.seam.Rows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Some rows of the running step, reused.
final class LiveRows implements Rows {
    private final StepState step;
    private int[] batchRows = new int[32];
    private int count;
    private int decodeCount;
    private @Nullable LiveRows some;

    LiveRows(StepState step) {
        this.step = step;
    }

    void clear() {
        count = 0;
        decodeCount = 0;
    }

    /// An empty list of rows of the same step.
    LiveRows others() {
        return new LiveRows(step);
    }

    /// Adds a batch row; rows of decode and verify come before those of prefill.
    void add(int batchRow) {
        if (count == batchRows.length) {
            batchRows = Arrays.copyOf(batchRows, count * 2);
        }
        batchRows[count++] = batchRow;
        if (!step.batch().phase(batchRow).isPrefill()) {
            decodeCount = count;
        }
    }

    /// Whether matrix row `i` is batch row `i` for every row of the step.
    boolean isWholeBatch() {
        if (count != step.batch().rows()) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (batchRows[i] != i) {
                return false;
            }
        }
        return true;
    }

    int slotOfBatchRow(int batchRow) {
        return step.slot(batchRow);
    }

    CachedSequence cached(int i) {
        return (CachedSequence) step.batch().sequence(batchRows[i]);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int decodeCount() {
        return decodeCount;
    }

    @Override
    public int batchRow(int i) {
        return batchRows[i];
    }

    @Override
    public CachedSequence sequence(int i) {
        return cached(i);
    }

    @Override
    public int slot(int i) {
        return step.slot(batchRows[i]);
    }

    @Override
    public int position(int i) {
        return step.batch().position(batchRows[i]);
    }

    @Override
    public Phase phase(int i) {
        return step.batch().phase(batchRows[i]);
    }

    @Override
    public Batch batch() {
        return step.batch();
    }

    @Override
    public PackedModel model() {
        return step.weights();
    }

    @Override
    public LiveRows some(int[] rows, int many) {
        LiveRows view = some == null ? new LiveRows(step) : some;
        some = view;
        view.clear();
        for (int i = 0; i < many; i++) {
            view.add(batchRows[rows[i]]);
        }
        return view;
    }

    @Override
    public long stepId() {
        return step.id();
    }
}

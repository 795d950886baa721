package dev.vivace.runtime;

import dev.vivace.seam.Batch;

/// The rows of a layer: those that run it, and those that only store keys and values in it.
final class LayerRows {
    private final StepState step;
    private final int layers;
    private final boolean plainEnd;
    private final LiveRows live;
    private final LiveRows storing;

    /// @param layers of the model
    /// @param plainEnd whether nothing but the model itself works in the last layer
    LayerRows(StepState step, int layers, boolean plainEnd) {
        this.step = step;
        this.layers = layers;
        this.plainEnd = plainEnd;
        this.live = new LiveRows(step);
        this.storing = new LiveRows(step);
    }

    LiveRows live() {
        return live;
    }

    LiveRows storing() {
        return storing;
    }

    /// Sorts the step's rows for layer `layer`.
    void pick(int layer) {
        live.clear();
        storing.clear();
        boolean mayEnd = plainEnd && layer == layers - 1 && step.batch().captures() == 0;
        for (int i = 0; i < step.batch().rows(); i++) {
            int row = step.ordered(i);
            if (step.state(row) == StepState.State.STORES) {
                storing.add(row);
            } else if (runs(row, layer)) {
                (mayEnd && isUnseen(row) ? storing : live).add(row);
            }
        }
    }

    /// Whether nobody will look at what the last layer makes of a row, but at its keys and values: so it is with
    /// most rows of a prompt.
    private boolean isUnseen(int row) {
        if (step.batch().wantsLogits(row)) {
            return false;
        }
        Parts parts = ((CachedSequence) step.batch().sequence(row)).parts();
        return parts.attention().isEmpty() && parts.depth().isEmpty();
    }

    /// Whether a row runs layer `layer`; after the last layer, whether it ran to the end.
    private boolean runs(int row, int layer) {
        Batch batch = step.batch();
        return step.state(row) == StepState.State.RUNS
                && batch.firstLayer(row) <= layer
                && Math.min(layer, layers - 1) < batch.lastLayer(row)
                && !step.skips(row);
    }

    /// Notes for each row that neither runs layer `layer` nor stores in it that its slot is empty there.
    void markAbsent(int layer) {
        if (live.count() + storing.count() == step.batch().rows()) {
            return;
        }
        for (int row = 0; row < step.batch().rows(); row++) {
            if (step.state(row) != StepState.State.STORES && !runs(row, layer)) {
                ((CachedSequence) step.batch().sequence(row)).layer(layer).markAbsent(step.slot(row));
            }
        }
    }
}

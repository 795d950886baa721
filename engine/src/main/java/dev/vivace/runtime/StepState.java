package dev.vivace.runtime;

import dev.vivace.seam.Batch;
import java.util.Arrays;

/// The running step: slots given to its rows, and which rows are still on their way.
final class StepState {
    /// What has become of a row.
    enum State {
        /// Runs every layer of its range.
        RUNS,
        /// Stopped; later layers store nothing for it.
        RETIRED,
        /// Stopped; later layers store its keys and values.
        STORES
    }

    private final DecoderWeights weights;
    private Batch batch = new Batch();
    private long id;
    private int[] slots = new int[32];
    private int[] order = new int[32];
    private State[] states = new State[32];
    private boolean[] skips = new boolean[32];
    private boolean anySkips;
    private boolean started;

    StepState(DecoderWeights weights) {
        this.weights = weights;
    }

    DecoderWeights weights() {
        return weights;
    }

    Batch batch() {
        return batch;
    }

    long id() {
        return id;
    }

    int slot(int row) {
        return slots[row];
    }

    State state(int row) {
        return states[row];
    }

    void state(int row, State state) {
        states[row] = state;
    }

    boolean skips(int row) {
        return skips[row];
    }

    void skip(int row) {
        skips[row] = true;
        anySkips = true;
    }

    void clearSkips() {
        if (anySkips) {
            Arrays.fill(skips, 0, batch.rows(), false);
            anySkips = false;
        }
    }

    /// The batch row at place `i` of the order of computing.
    int ordered(int i) {
        return order[i];
    }

    /// Whether layers may have seen the rows.
    boolean started() {
        return started;
    }

    /// Gives every row its slot.
    void begin(Batch rows, long stepId) {
        batch = rows;
        id = stepId;
        started = false;
        for (int row = 0; row < rows.rows(); row++) {
            ((CachedSequence) rows.sequence(row)).begin(stepId);
            admit(row);
        }
        for (int row = 0; row < rows.rows(); row++) {
            CachedSequence sequence = (CachedSequence) rows.sequence(row);
            if (slots[row] == sequence.base()) {
                sequence.reserve(slots[row]);
            }
        }
        sort();
        started = true;
    }

    /// Takes in a row added in mid-step.
    void spawned(int row) {
        CachedSequence sequence = (CachedSequence) batch.sequence(row);
        admit(row);
        sequence.reserve(slots[row]);
        sort();
    }

    private void admit(int row) {
        if (row >= slots.length) {
            int capacity = Math.max(row + 1, slots.length * 2);
            slots = Arrays.copyOf(slots, capacity);
            order = Arrays.copyOf(order, capacity);
            states = Arrays.copyOf(states, capacity);
            skips = Arrays.copyOf(skips, capacity);
        }
        CachedSequence sequence = (CachedSequence) batch.sequence(row);
        int parent = batch.parent(row);
        int before = sequence.length();
        boolean first = before == sequence.base();
        boolean follows = first ? parent == Batch.STORED : parent >= 0 && slots[parent] == before - 1;
        slots[row] = sequence.add(row, batch.position(row), !follows);
        states[row] = State.RUNS;
        skips[row] = false;
    }

    /// Rows of decode and verify first, then prefill; else as added.
    private void sort() {
        int next = 0;
        for (int row = 0; row < batch.rows(); row++) {
            if (!batch.phase(row).isPrefill()) {
                order[next++] = row;
            }
        }
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.phase(row).isPrefill()) {
                order[next++] = row;
            }
        }
    }
}

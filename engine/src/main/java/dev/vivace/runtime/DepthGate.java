package dev.vivace.runtime;

import dev.vivace.seam.Depth;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Asks the [Depth] parts before each layer and carries out what they decide.
final class DepthGate implements Depth.Live {
    private final StepState step;
    private final List<Depth> parts = new ArrayList<>();
    private LiveRows rows;
    private Matrix hidden = Scratch.NOTHING;
    private int layer;
    private int room;

    DepthGate(StepState step) {
        this.step = step;
        this.rows = new LiveRows(step);
    }

    /// Notes which parts the step's rows have; returns the most rows that may be spawned.
    int begin() {
        parts.clear();
        int spawns = 0;
        for (int row = 0; row < step.batch().rows(); row++) {
            List<Depth> own =
                    ((CachedSequence) step.batch().sequence(row)).parts().depth();
            for (int p = 0; p < own.size(); p++) {
                Depth part = own.get(p);
                if (!has(parts, part)) {
                    parts.add(part);
                }
                spawns += part.spawnsPerRow();
            }
        }
        room = step.batch().rows() + spawns;
        return spawns;
    }

    /// Parts are told apart by identity: equal ones may belong to different requests.
    private static boolean has(List<Depth> parts, Depth part) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) == part) {
                return true;
            }
        }
        return false;
    }

    private boolean isStillLive(int row) {
        return step.state(row) == StepState.State.RUNS && !step.skips(row);
    }

    /// Lets every part look at its rows among `live`; returns whether any part was asked.
    boolean before(int atLayer, LiveRows live, Matrix states) {
        if (parts.isEmpty() || live.count() == 0) {
            return false;
        }
        layer = atLayer;
        hidden = states;
        for (int p = 0; p < parts.size(); p++) {
            Depth part = parts.get(p);
            rows.clear();
            for (int i = 0; i < live.count(); i++) {
                if (has(live.cached(i).parts().depth(), part) && isStillLive(live.batchRow(i))) {
                    rows.add(live.batchRow(i));
                }
            }
            if (rows.count() > 0) {
                part.before(atLayer, rows, states, this);
            }
        }
        return true;
    }

    @Override
    public void skip(int row) {
        step.skip(row);
    }

    @Override
    public void retire(int row, boolean store) {
        step.state(row, store ? StepState.State.STORES : StepState.State.RETIRED);
    }

    @Override
    public int spawn(int from, int position, MemorySegment state) {
        if (step.batch().rows() == room) {
            throw new IllegalStateException("more rows are spawned than spawnsPerRow said, " + room + " in all");
        }
        int row = step.batch().spawn(from, position, layer);
        step.spawned(row);
        MemorySegment.copy(state, 0, hidden.data(), hidden.offset(row), 4L * hidden.columns());
        for (int below = 0; below < layer; below++) {
            ((CachedSequence) step.batch().sequence(row)).layer(below).markAbsent(step.slot(row));
        }
        return row;
    }
}

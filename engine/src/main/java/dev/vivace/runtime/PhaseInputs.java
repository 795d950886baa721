package dev.vivace.runtime;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.Workers;
import dev.vivace.tensor.Matrix;
import java.util.Arrays;

/// The inputs of one phase's rows, brought into the form that weights want. A few rows every worker prepares for
/// itself inside the region that multiplies them: that costs less than waiting for one another. Many rows are
/// prepared once, in a region of their own. The bits are the same.
final class PhaseInputs implements AutoCloseable {
    /// Elements up to which each worker prepares all rows: less than a microsecond of work.
    private static final int FEW = 8192;

    /// Forms may join as many rows in a tile, which one worker must then write.
    private static final int TILE = 16;

    private final Kernels kernels;
    private final Workers workers;
    private final Phase phase;
    private final PreparedRows shared = new PreparedRows();
    private final PreparedRows[] own;
    private final Workers.Job prepareShared = this::prepareShare;
    private InputForm form = InputForm.F32;
    private Matrix x = Scratch.NOTHING;
    private int from;
    private int to;
    private boolean apart;

    PhaseInputs(Kernels kernels, Workers workers, Phase phase) {
        this.kernels = kernels;
        this.workers = workers;
        this.phase = phase;
        this.own = new PreparedRows[workers.threads()];
        Arrays.setAll(own, worker -> new PreparedRows());
    }

    /// Takes rows `[rowFrom, rowTo)` of `matrix` for weights like `weights`. Called before the region.
    void begin(Weights weights, Matrix matrix, int rowFrom, int rowTo) {
        from = rowFrom;
        to = rowTo;
        if (rowFrom >= rowTo) {
            return;
        }
        x = matrix;
        form = kernels.inputForm(weights, phase);
        long bytes = kernels.inputBytes(form, rowTo, matrix.columns());
        apart = bytes > 0 && (long) (rowTo - rowFrom) * matrix.columns() <= FEW;
        if (apart) {
            for (PreparedRows each : own) {
                each.reserve(bytes);
            }
            return;
        }
        shared.point(matrix, form);
        if (bytes > 0) {
            shared.reserve(bytes);
            workers.run(prepareShared);
        }
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /// The inputs for worker `worker`, which asks once a region.
    Inputs of(int worker) {
        if (!apart) {
            return shared.inputs();
        }
        PreparedRows mine = own[worker];
        mine.point(x, form);
        kernels.prepare(mine.inputs(), from, to);
        return mine.inputs();
    }

    private void prepareShare(int worker, int of) {
        int first = Math.max(from, cut(worker, of));
        int last = worker + 1 == of ? to : Math.min(to, cut(worker + 1, of));
        if (first < last) {
            kernels.prepare(shared.inputs(), first, last);
        }
    }

    /// Where share `worker` begins: at the first row of a tile.
    private int cut(int worker, int of) {
        return (int) (from + (long) (to - from) * worker / of) / TILE * TILE;
    }

    @Override
    public void close() {
        shared.close();
        for (PreparedRows each : own) {
            each.close();
        }
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.Workers;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// One parallel region that multiplies the same rows by some matrices: their outputs make one flat list of
/// panels. Reused, for the step's own thread only.
final class Products implements Workers.Job, AutoCloseable {
    /// Panels that a worker takes at a time, at most: of few rows some ten microseconds' worth; of many rows, each
    /// of which costs more, as many as still pay for reading the inputs again.
    private static final int FEW_ROWS_PANELS = 64;

    private static final int MANY_ROWS_PANELS = 16;
    private static final int MANY_ROWS = 32;

    private static final int[] ALL = {};
    private static final Weights NO_WEIGHTS = new NoWeights();

    private final Kernels kernels;
    private final Workers workers;
    private final MemorySegment[] scratch;
    private final PhaseInputs decode;
    private final PhaseInputs prefill;
    private final Panels panels;
    private Weights[] weights = {NO_WEIGHTS};
    private Matrix[] outs = {Scratch.NOTHING};
    private int[] starts = new int[5];
    private int matrices;
    private int[] outputs = ALL;
    private int count;
    private boolean pair;
    private Activation activation = Activation.SILU;

    private final Weights[] one = {NO_WEIGHTS};
    private final Matrix[] oneOut = {Scratch.NOTHING};

    Products(Kernels kernels, Workers workers, MemorySegment[] scratch) {
        this.kernels = kernels;
        this.workers = workers;
        this.scratch = scratch;
        this.decode = new PhaseInputs(kernels, workers, Phase.DECODE);
        this.prefill = new PhaseInputs(kernels, workers, Phase.PREFILL);
        this.panels = new Panels(workers.threads());
    }

    /// `y = x W^T`, or only outputs `some[0..many)` of it.
    void one(Weights matrix, Matrix x, Matrix y, int rows, int decodeRows, int[] some, int many) {
        one[0] = matrix;
        oneOut[0] = y;
        outputs = some;
        count = many;
        begin(one, oneOut, x, rows, decodeRows);
        starts[1] = Panels.of(many);
        run(rows);
    }

    /// `y = x W^T`.
    void one(Weights matrix, Matrix x, Matrix y, int rows, int decodeRows) {
        one(matrix, x, y, rows, decodeRows, ALL, matrix.rows());
    }

    /// `results[m] = x W[m]^T` for matrices that read the same form of inputs in each phase.
    void all(Weights[] of, Matrix x, Matrix[] results, int rows, int decodeRows) {
        outputs = ALL;
        begin(of, results, x, rows, decodeRows);
        if (starts.length <= of.length) {
            starts = new int[of.length + 1];
        }
        for (int m = 0; m < of.length; m++) {
            starts[m + 1] = starts[m] + Panels.of(of[m].rows());
        }
        run(rows);
    }

    /// `results[0] = act(x W[0]^T) * x W[1]^T` for two matrices of one shape that read the same form of inputs
    /// in each phase; `results[1]` is overwritten.
    void gated(Weights[] of, Matrix x, Matrix[] results, Activation act, int rows, int decodeRows) {
        outputs = ALL;
        begin(of, results, x, rows, decodeRows);
        pair = true;
        activation = act;
        starts[1] = Panels.of(of[0].rows());
        run(rows);
    }

    private void begin(Weights[] of, Matrix[] results, Matrix x, int rows, int decodeRows) {
        weights = of;
        outs = results;
        matrices = of.length;
        pair = false;
        decode.begin(of[0], x, 0, decodeRows);
        prefill.begin(of[0], x, decodeRows, rows);
    }

    private void run(int rows) {
        int total = starts[pair ? 1 : matrices];
        panels.begin(total, rows < MANY_ROWS ? FEW_ROWS_PANELS : MANY_ROWS_PANELS);
        workers.run(this);
    }

    @Override
    public void run(int worker, int of) {
        long range = panels.next(worker);
        if (range == Panels.NONE) {
            return;
        }
        Inputs decoding = decode.from() < decode.to() ? decode.of(worker) : null;
        Inputs prefilling = prefill.from() < prefill.to() ? prefill.of(worker) : null;
        for (; range != Panels.NONE; range = panels.next(worker)) {
            int from = (int) (range >>> 32);
            int to = (int) range;
            if (decoding != null) {
                panels(Phase.DECODE, decoding, decode, from, to, scratch[worker]);
            }
            if (prefilling != null) {
                panels(Phase.PREFILL, prefilling, prefill, from, to, scratch[worker]);
            }
        }
    }

    /// Computes panels `[from, to)` for the rows of one phase.
    private void panels(Phase phase, Inputs inputs, PhaseInputs rows, int from, int to, MemorySegment memory) {
        if (pair) {
            int first = from * Panels.OUTPUTS;
            int last = Math.min(weights[0].rows(), to * Panels.OUTPUTS);
            kernels.multiply(weights[0], phase, inputs, rows.from(), rows.to(), outs[0], first, last, memory);
            kernels.multiply(weights[1], phase, inputs, rows.from(), rows.to(), outs[1], first, last, memory);
            kernels.gated(activation, outs[0], outs[1], outs[0], rows.from(), rows.to(), first, last);
            return;
        }
        for (int m = 0; m < matrices; m++) {
            int first = Math.max(from, starts[m]) - starts[m];
            int last = Math.min(to, starts[m + 1]) - starts[m];
            if (first < last) {
                slice(m, phase, inputs, rows, first * Panels.OUTPUTS, last * Panels.OUTPUTS, memory);
            }
        }
    }

    private void slice(int m, Phase phase, Inputs inputs, PhaseInputs rows, int first, int end, MemorySegment memory) {
        if (outputs == ALL) {
            int last = Math.min(end, weights[m].rows());
            kernels.multiply(weights[m], phase, inputs, rows.from(), rows.to(), outs[m], first, last, memory);
        } else {
            int last = Math.min(end, count);
            kernels.multiplySome(
                    weights[m], phase, inputs, rows.from(), rows.to(), outs[m], outputs, first, last, memory);
        }
    }

    @Override
    public void close() {
        decode.close();
        prefill.close();
        Arrays.fill(one, NO_WEIGHTS);
    }

    /// What stands where no region has run yet.
    private record NoWeights() implements Weights {
        @Override
        public int rows() {
            return 0;
        }

        @Override
        public int columns() {
            return 0;
        }

        @Override
        public long bytes() {
            return 0;
        }
    }
}

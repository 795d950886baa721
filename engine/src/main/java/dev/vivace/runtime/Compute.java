package dev.vivace.runtime;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.Workers;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Kernels spread over the workers. Job objects are reused: for the step's own thread only.
final class Compute implements AutoCloseable {
    /// Slices of outputs begin at multiples of this, so that workers do not share cache lines.
    private static final int GRAIN = 16;
    /// Row-wise work below this many elements runs on the calling thread: waking others costs more.
    private static final int SMALL = 4096;

    private final Kernels kernels;
    private final Workers workers;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] scratch;
    private final PreparedRows decode = new PreparedRows();
    private final PreparedRows prefill = new PreparedRows();
    private final Multiply multiply = new Multiply();
    private final Elementwise elementwise = new Elementwise();

    Compute(Kernels kernels, Workers workers, int maxColumns, int maxHeadDim) {
        this.kernels = kernels;
        this.workers = workers;
        this.scratch = new MemorySegment[workers.threads()];
        long bytes = Math.max(64, kernels.scratchBytes(maxColumns, maxHeadDim));
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = arena.allocate(bytes, Matrix.ALIGNMENT);
        }
    }

    Kernels kernels() {
        return kernels;
    }

    Workers workers() {
        return workers;
    }

    /// The scratch of worker `worker`.
    MemorySegment scratch(int worker) {
        return scratch[worker];
    }

    /// `y = x W^T` for the first `rows` rows, of which the first `decodeRows` are of phase decode.
    void multiply(Weights weights, Matrix x, Matrix y, int rows, int decodeRows) {
        prepare(weights, x, rows, decodeRows);
        multiply.weights = weights;
        multiply.y = y;
        multiply.rows = rows;
        multiply.decodeRows = decodeRows;
        multiply.outputs = Multiply.ALL;
        multiply.count = weights.rows();
        workers.run(multiply);
    }

    /// As [#multiply] for `outputs[0..count)`.
    void multiplySome(Weights weights, Matrix x, Matrix y, int rows, int decodeRows, int[] outputs, int count) {
        prepare(weights, x, rows, decodeRows);
        multiply.weights = weights;
        multiply.y = y;
        multiply.rows = rows;
        multiply.decodeRows = decodeRows;
        multiply.outputs = outputs;
        multiply.count = count;
        workers.run(multiply);
    }

    /// Brings the rows of each phase into the form that `weights` read there.
    private void prepare(Weights weights, Matrix x, int rows, int decodeRows) {
        decode.prepare(kernels, kernels.inputForm(weights, Phase.DECODE), x, 0, decodeRows);
        prefill.prepare(kernels, kernels.inputForm(weights, Phase.PREFILL), x, decodeRows, rows);
    }

    void rmsNorm(Matrix x, Matrix out, int rows, int groups, int dim, MemorySegment weight, float epsilon) {
        Elementwise job = elementwise;
        job.kind = Elementwise.Kind.NORM;
        job.x = x;
        job.out = out;
        job.groups = groups;
        job.dim = dim;
        job.weight = weight;
        job.factor = epsilon;
        runRows(job, rows, groups * dim);
    }

    void rope(Matrix x, int rows, int heads, int headDim, int rotary, RopeStyle style, Matrix cos, Matrix sin) {
        Elementwise job = elementwise;
        job.kind = Elementwise.Kind.ROPE;
        job.x = x;
        job.groups = heads;
        job.dim = headDim;
        job.rotary = rotary;
        job.style = style;
        job.cos = cos;
        job.sin = sin;
        runRows(job, rows, heads * headDim);
    }

    void gated(Activation activation, Matrix gate, Matrix up, Matrix out, int rows) {
        Elementwise job = elementwise;
        job.kind = Elementwise.Kind.GATED;
        job.activation = activation;
        job.x = gate;
        job.y = up;
        job.out = out;
        runRows(job, rows, gate.columns());
    }

    void add(Matrix x, Matrix delta, int rows) {
        Elementwise job = elementwise;
        job.kind = Elementwise.Kind.ADD;
        job.x = x;
        job.y = delta;
        runRows(job, rows, x.columns());
    }

    void softcap(Matrix x, float cap, int rows) {
        Elementwise job = elementwise;
        job.kind = Elementwise.Kind.SOFTCAP;
        job.x = x;
        job.factor = cap;
        runRows(job, rows, x.columns());
    }

    private void runRows(Elementwise job, int rows, int columns) {
        job.rows = rows;
        if ((long) rows * columns < SMALL || rows < 2) {
            job.run(0, rows);
        } else {
            workers.run(job.slices);
        }
    }

    @Override
    public void close() {
        decode.close();
        prefill.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private final class Multiply implements Workers.Job {
        static final int[] ALL = {};
        private Weights weights = new Weights() {
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
        };
        private Matrix y = Scratch.NOTHING;
        private int rows;
        private int decodeRows;
        private int[] outputs = ALL;
        private int count;

        @Override
        public void run(int worker, int of) {
            int grains = (count + GRAIN - 1) / GRAIN;
            int from = (int) ((long) grains * worker / of) * GRAIN;
            int to = Math.min(count, (int) ((long) grains * (worker + 1) / of) * GRAIN);
            if (from >= to) {
                return;
            }
            if (decodeRows > 0) {
                slice(Phase.DECODE, 0, decodeRows, from, to, worker);
            }
            if (rows > decodeRows) {
                slice(Phase.PREFILL, decodeRows, rows, from, to, worker);
            }
        }

        private void slice(Phase phase, int rowFrom, int rowTo, int from, int to, int worker) {
            Inputs x = (phase.isPrefill() ? prefill : decode).inputs();
            if (outputs == ALL) {
                kernels.multiply(weights, phase, x, rowFrom, rowTo, y, from, to, scratch[worker]);
            } else {
                kernels.multiplySome(weights, phase, x, rowFrom, rowTo, y, outputs, from, to, scratch[worker]);
            }
        }
    }

    private final class Elementwise {
        enum Kind {
            NORM,
            ROPE,
            GATED,
            ADD,
            SOFTCAP
        }

        private final Workers.Job slices = (worker, of) ->
                run((int) ((long) this.rows * worker / of), (int) ((long) this.rows * (worker + 1) / of));
        private Kind kind = Kind.ADD;
        private Matrix x = Scratch.NOTHING;
        private Matrix y = Scratch.NOTHING;
        private Matrix out = Scratch.NOTHING;
        private Matrix cos = Scratch.NOTHING;
        private Matrix sin = Scratch.NOTHING;
        private MemorySegment weight = MemorySegment.NULL;
        private Activation activation = Activation.SILU;
        private RopeStyle style = RopeStyle.HALVES;
        private float factor;
        private int rows;
        private int groups;
        private int dim;
        private int rotary;

        void run(int from, int to) {
            if (from >= to) {
                return;
            }
            switch (kind) {
                case NORM -> kernels.rmsNorm(x, out, from, to, groups, dim, weight, factor);
                case ROPE -> kernels.rope(x, from, to, groups, dim, rotary, style, cos, sin);
                case GATED -> kernels.gated(activation, x, y, out, from, to, 0, x.columns());
                case ADD -> kernels.add(x, y, 1, from, to);
                case SOFTCAP -> kernels.softcap(x, factor, from, to, 0, x.columns());
            }
        }
    }
}

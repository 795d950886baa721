package dev.vivace.runtime;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.kernel.Workers;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Kernels spread over the workers. Job objects are reused: for the step's own thread only.
final class Compute implements AutoCloseable {
    /// Row-wise work below this many elements runs on the calling thread: waking others costs more.
    private static final int SMALL = 4096;

    private final Kernels kernels;
    private final Workers workers;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] scratch;
    private final Products products;
    private final Elementwise elementwise = new Elementwise();
    private volatile @Nullable StepProfile profile;

    Compute(Kernels kernels, Workers workers, int maxColumns, int maxHeadDim) {
        this.kernels = kernels;
        this.workers = workers;
        this.scratch = new MemorySegment[workers.threads()];
        long bytes = Math.max(64, kernels.scratchBytes(maxColumns, maxHeadDim));
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = arena.allocate(bytes, Matrix.ALIGNMENT);
        }
        this.products = new Products(kernels, workers, scratch);
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

    /// Multiplies rows by matrices.
    Products products() {
        return products;
    }

    /// Who is told of operations from now on; null for nobody.
    void profile(@Nullable StepProfile told) {
        profile = told;
    }

    /// When an operation begins, for [#end].
    long start() {
        return profile == null ? 0 : System.nanoTime();
    }

    /// Tells of an operation that began at `start`; returns when it ended, which is when the next begins.
    long end(StepProfile.Operation operation, long start, long bytes, long operations) {
        StepProfile told = profile;
        if (told == null) {
            return 0;
        }
        long now = System.nanoTime();
        told.add(operation, now - start, bytes, operations);
        return now;
    }

    /// Whether operations are told of, so that counting them pays.
    boolean isProfiled() {
        return profile != null;
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

    /// `x[r, i] += bias[i]`; an empty bias adds nothing.
    void bias(Matrix x, MemorySegment bias, int rows) {
        if (bias.byteSize() == 0) {
            return;
        }
        Elementwise job = elementwise;
        job.kind = Elementwise.Kind.BIAS;
        job.x = x;
        job.weight = bias;
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
        products.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private final class Elementwise {
        enum Kind {
            NORM,
            ROPE,
            GATED,
            BIAS,
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
                case BIAS -> bias(from, to);
                case ADD -> kernels.add(x, y, 1, from, to);
                case SOFTCAP -> kernels.softcap(x, factor, from, to, 0, x.columns());
            }
        }

        private void bias(int from, int to) {
            MemorySegment data = x.data();
            for (int row = from; row < to; row++) {
                long at = x.offset(row);
                for (int i = 0; i < x.columns(); i++) {
                    float sum = data.get(ValueLayout.JAVA_FLOAT, at + 4L * i)
                            + weight.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    data.set(ValueLayout.JAVA_FLOAT, at + 4L * i, sum);
                }
            }
        }
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Weights;
import dev.vivace.seam.Packed;
import dev.vivace.tensor.Matrix;
import java.util.List;
import java.util.Optional;

/// Matrices that read the same rows: queries, keys and values; gate and up. Where all are stored as the default
/// does and want the same form of inputs, these are prepared once and one region computes everything; where a
/// part stores one of them in its own way, each is multiplied on its own. The bits are the same.
final class Projections {
    private static final Weights[] APART = {};

    private final Compute compute;
    private final Packed[] matrices;
    private final Weights[] fused;
    private final long bytes;
    private final long operationsPerRow;

    Projections(Compute compute, Packed... matrices) {
        this.compute = compute;
        this.matrices = matrices.clone();
        this.fused = fuse(compute, matrices);
        long read = 0;
        long operations = 0;
        for (Packed matrix : matrices) {
            read += matrix.bytes();
            operations += 2L * matrix.outputs() * matrix.inputs();
        }
        this.bytes = read;
        this.operationsPerRow = operations;
    }

    private static Weights[] fuse(Compute compute, Packed... matrices) {
        Weights[] weights = new Weights[matrices.length];
        for (int m = 0; m < matrices.length; m++) {
            Optional<Weights> own = FormatLinear.weights(matrices[m], compute);
            if (own.isEmpty() || !sameForms(compute, own.get(), m == 0 ? own.get() : weights[0])) {
                return APART;
            }
            weights[m] = own.get();
        }
        return weights;
    }

    private static boolean sameForms(Compute compute, Weights a, Weights b) {
        for (Phase phase : List.of(Phase.DECODE, Phase.PREFILL)) {
            if (compute.kernels().inputForm(a, phase) != compute.kernels().inputForm(b, phase)) {
                return false;
            }
        }
        return a.columns() == b.columns();
    }

    /// Whether one region computes everything.
    boolean isFused() {
        return fused != APART;
    }

    /// Bytes read by one multiplication of a few rows.
    long bytes() {
        return bytes;
    }

    /// Multiplications and additions that a row takes.
    long operationsPerRow() {
        return operationsPerRow;
    }

    /// `outs[m] = x W[m]^T`.
    void multiply(LiveRows rows, Matrix x, Matrix[] outs) {
        if (isFused()) {
            compute.products().all(fused, x, outs, rows.count(), rows.decodeCount());
            return;
        }
        for (int m = 0; m < matrices.length; m++) {
            matrices[m].multiply(rows, x, outs[m]);
        }
    }

    /// `outs[0] = activation(x W[0]^T) * x W[1]^T`; `outs[1]` is overwritten. For two matrices of one shape.
    void gated(LiveRows rows, Matrix x, Matrix[] outs, Activation activation) {
        if (isFused()) {
            compute.products().gated(fused, x, outs, activation, rows.count(), rows.decodeCount());
            return;
        }
        multiply(rows, x, outs);
        compute.gated(activation, outs[0], outs[1], outs[0], rows.count());
    }
}

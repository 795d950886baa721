package dev.vivace;

import dev.vivace.kernel.Kernels;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.runtime.CachePlan;
import dev.vivace.tensor.Matrix;

/// Draws up memory plans.
final class MemoryPlans {
    /// Rows of the largest step that is planned for.
    private static final int ROWS = 512;

    /// Fewer positions are of no use.
    private static final int LEAST = 64;

    private MemoryPlans() {}

    /// A plan for `checkpoint`. A context that was not asked for is lowered to what fits, never below 64 positions.
    static MemoryPlan plan(Checkpoint checkpoint, LoadOptions options, Kernels kernels, int threads) {
        DecoderSpec spec = checkpoint.spec();
        long free = options.memoryBytes() > 0 ? options.memoryBytes() : FreeMemory.bytes();
        int wanted = options.context() > 0 ? options.context() : spec.context();
        long perToken = CachePlan.bytesPerToken(spec, options.cacheType());
        long scratch = scratch(spec) + threads * kernels.scratchBytes(widest(spec), headDim(spec));
        MemoryPlan plan = new MemoryPlan(checkpoint.bytes(), 0, scratch, perToken, wanted, free);
        if (plan.fits() || options.context() > 0) {
            return plan;
        }
        int fits = Math.max(Math.min(wanted, LEAST), plan.contextThatFits());
        return new MemoryPlan(plan.weightsBytes(), plan.packedBytes(), scratch, perToken, fits, free);
    }

    /// Activations of a full step: hidden states, queries, keys, values, neurons, and logits of one row.
    private static long scratch(DecoderSpec spec) {
        long floats = 5L * Matrix.strideOf(spec.width());
        LayerSpec layer = spec.layer(0);
        floats += 3L * layer.queryWidth() + layer.keyWidth() + layer.valueWidth() + layer.outputWidth();
        floats += 2L * layer.hidden();
        return 4L * (ROWS * floats + spec.vocabulary());
    }

    private static int widest(DecoderSpec spec) {
        return Math.max(
                spec.width(),
                spec.layers().stream().mapToInt(LayerSpec::hidden).max().orElse(1));
    }

    private static int headDim(DecoderSpec spec) {
        return spec.layers().stream().mapToInt(LayerSpec::keyDim).max().orElse(1);
    }
}

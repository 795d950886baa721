package dev.vivace;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Kernels;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.runtime.CachePlan;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.util.function.ToIntFunction;

/// Draws up memory plans.
final class MemoryPlans {
    /// Rows of the largest step that is planned for.
    private static final int ROWS = 512;

    /// Fewer positions are of no use.
    private static final int LEAST = 64;

    private MemoryPlans() {}

    /// A plan for `checkpoint`. A context that was not asked for is lowered to what fits, never below 64
    /// positions.
    static MemoryPlan plan(Checkpoint checkpoint, LoadOptions options, Kernels kernels, int threads) {
        DecoderSpec spec = checkpoint.spec();
        long free = options.memoryBytes() > 0 ? options.memoryBytes() : FreeMemory.bytes();
        int wanted = options.context() > 0 ? options.context() : spec.context();
        long perToken = CachePlan.bytesPerToken(spec, options.cacheType());
        long partial = partial(spec);
        long scratch = scratch(spec)
                + prepared(spec, kernels)
                + partial * wanted
                + threads
                        * kernels.scratchBytes(
                                widest(spec), most(spec, layer -> Math.max(layer.keyDim(), layer.valueDim())));
        long packed = 0;
        long inPlace = 0;
        for (Tensor tensor : checkpoint.tensors()) {
            long copy = tensor.rows() > 1 ? kernels.packedBytes(tensor) : 0;
            packed += copy;
            // A mapped file's memory goes back to the system once its weights are copied.
            inPlace += copy > 0 && tensor.data().isMapped() ? 0 : tensor.data().byteSize();
        }
        MemoryPlan plan = new MemoryPlan(inPlace, packed, scratch, partial, perToken, wanted, free);
        if (plan.fits() || options.context() > 0) {
            return plan;
        }
        return plan.withContext(Math.max(Math.min(wanted, LEAST), plan.contextThatFits()));
    }

    /// Attention keeps an output and a sum for each row of a step and each span of as many slots as a step has
    /// rows: that is one a position.
    private static long partial(DecoderSpec spec) {
        return 4L
                * (Matrix.strideOf(most(spec, LayerSpec::outputWidth)) + Matrix.strideOf(most(spec, LayerSpec::heads)));
    }

    /// Activations of a full step: hidden states, queries, keys, values, neurons, and logits of one row.
    private static long scratch(DecoderSpec spec) {
        long floats = 5L * Matrix.strideOf(spec.width());
        floats += 3L * most(spec, LayerSpec::queryWidth);
        floats += 2L * most(spec, LayerSpec::keyWidth) + most(spec, LayerSpec::valueWidth);
        floats += most(spec, LayerSpec::outputWidth) + 2L * most(spec, LayerSpec::hidden);
        return 4L * (ROWS * floats + spec.vocabulary());
    }

    /// Rows of a full step in the form that weights want them in, kept a little larger than need be.
    private static long prepared(DecoderSpec spec, Kernels kernels) {
        long most = 0;
        for (InputForm form : InputForm.values()) {
            most = Math.max(most, kernels.inputBytes(form, ROWS, widest(spec)));
        }
        return most + most / 4;
    }

    private static int widest(DecoderSpec spec) {
        int widest = Math.max(spec.width(), most(spec, LayerSpec::hidden));
        return Math.max(widest, Math.max(most(spec, LayerSpec::queryWidth), most(spec, LayerSpec::outputWidth)));
    }

    private static int most(DecoderSpec spec, ToIntFunction<LayerSpec> size) {
        return spec.layers().stream().mapToInt(size).max().orElse(1);
    }
}

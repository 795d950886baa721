package dev.vivace.runtime;

import dev.vivace.FormatException;
import dev.vivace.kernel.Weights;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.model.Names;
import dev.vivace.seam.FeedForward;
import dev.vivace.seam.Linear;
import dev.vivace.seam.Packed;
import dev.vivace.seam.PackedModel;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A whole decoder, packed. Owns what it packed.
///
/// @param spec its shape
/// @param embedding `[vocabulary, width]`
/// @param layers first to last
/// @param outputNorm before the head `[width]`
/// @param head `[vocabulary, width]`
/// @param matrices all matrices by name
/// @param vectors all vectors by name
record DecoderWeights(
        DecoderSpec spec,
        Packed embedding,
        List<LayerWeights> layers,
        MemorySegment outputNorm,
        Packed head,
        Map<String, Packed> matrices,
        Map<String, MemorySegment> vectors)
        implements PackedModel, AutoCloseable {

    static DecoderWeights pack(
            Checkpoint checkpoint,
            Compute compute,
            List<Linear> linears,
            List<FeedForward> feedForwards,
            Arena arena,
            PackProgress progress) {
        Packer packer = new Packer(
                checkpoint, compute, linears, feedForwards, arena, progress, new HashMap<>(), new HashMap<>());
        try {
            return packer.pack();
        } catch (RuntimeException | Error failure) {
            packer.matrices.values().forEach(Packed::close);
            throw failure;
        }
    }

    /// Bytes of weights that one decoded row reads.
    long bytesPerRow() {
        long bytes = head.bytes();
        for (LayerWeights layer : layers) {
            for (Packed packed : List.of(
                    layer.query(),
                    layer.key(),
                    layer.value(),
                    layer.output(),
                    layer.gate(),
                    layer.up(),
                    layer.down())) {
                bytes += packed.bytes();
            }
        }
        return bytes;
    }

    @Override
    public Packed matrix(String name) {
        Packed matrix = matrices.get(name);
        if (matrix == null) {
            throw new IllegalArgumentException("model " + spec.name() + " has no matrix " + name);
        }
        return matrix;
    }

    @Override
    public MemorySegment vector(String name) {
        return vectors.getOrDefault(name, MemorySegment.NULL);
    }

    @Override
    public void close() {
        matrices.values().forEach(Packed::close);
    }

    private record Packer(
            Checkpoint checkpoint,
            Compute compute,
            List<Linear> linears,
            List<FeedForward> feedForwards,
            Arena arena,
            PackProgress progress,
            Map<String, Packed> matrices,
            Map<String, MemorySegment> vectors) {

        DecoderWeights pack() {
            DecoderSpec spec = checkpoint.spec();
            Set<Linear.Use> rows = EnumSet.of(Linear.Use.ROWS);
            Packed embedding = matrix(Names.EMBEDDING, spec.vocabulary(), spec.width(), rows);
            Packed head = checkpoint.tensor(Names.OUTPUT).isPresent()
                    ? matrix(Names.OUTPUT, spec.vocabulary(), spec.width(), rows)
                    : embedding;
            List<LayerWeights> layers = new ArrayList<>();
            for (int layer = 0; layer < spec.layers().size(); layer++) {
                layers.add(layer(layer, spec.layer(layer)));
            }
            MemorySegment outputNorm = vector(Names.OUTPUT_NORM, spec.width());
            rest(rows);
            return new DecoderWeights(
                    spec, embedding, List.copyOf(layers), outputNorm, head, Map.copyOf(matrices), Map.copyOf(vectors));
        }

        /// What the plain runtime does not know, for the parts that do.
        private void rest(Set<Linear.Use> uses) {
            for (Tensor tensor : checkpoint.tensors()) {
                if (tensor.rows() == 1 && !vectors.containsKey(tensor.name())) {
                    vector(tensor.name(), tensor.columns());
                } else if (tensor.rows() > 1 && !matrices.containsKey(tensor.name())) {
                    matrix(tensor.name(), tensor.rows(), tensor.columns(), uses);
                }
            }
        }

        private LayerWeights layer(int layer, LayerSpec spec) {
            int width = checkpoint.spec().width();
            Set<Linear.Use> mixer = EnumSet.of(Linear.Use.ROWS);
            Set<Linear.Use> neurons = EnumSet.of(Linear.Use.ROWS);
            for (FeedForward part : feedForwards) {
                if (part.runs(layer)) {
                    neurons.addAll(part.uses());
                }
            }
            return new LayerWeights(
                    vector(name(layer, "attn_norm.weight"), width),
                    matrix(name(layer, "attn_q.weight"), spec.queryWidth(), width, mixer),
                    matrix(name(layer, "attn_k.weight"), spec.keyWidth(), width, mixer),
                    matrix(name(layer, "attn_v.weight"), spec.valueWidth(), width, mixer),
                    matrix(name(layer, "attn_output.weight"), width, spec.outputWidth(), mixer),
                    optional(name(layer, "attn_q.bias"), spec.queryWidth()),
                    optional(name(layer, "attn_k.bias"), spec.keyWidth()),
                    optional(name(layer, "attn_v.bias"), spec.valueWidth()),
                    optional(name(layer, "attn_q_norm.weight"), spec.keyDim()),
                    optional(name(layer, "attn_k_norm.weight"), spec.keyDim()),
                    optional(name(layer, "post_attention_norm.weight"), width),
                    vector(name(layer, "ffn_norm.weight"), width),
                    matrix(name(layer, "ffn_gate.weight"), spec.hidden(), width, neurons),
                    matrix(name(layer, "ffn_up.weight"), spec.hidden(), width, neurons),
                    matrix(name(layer, "ffn_down.weight"), width, spec.hidden(), neurons),
                    optional(name(layer, "post_ffw_norm.weight"), width));
        }

        private static String name(int layer, String part) {
            return Names.layer(layer, part);
        }

        private Packed matrix(String name, int rows, int columns, Set<Linear.Use> uses) {
            Tensor tensor = checkpoint.require(name, rows, columns);
            for (Linear linear : linears.reversed()) {
                Optional<Packed> packed = linear.pack(tensor, uses, arena);
                if (packed.isPresent()) {
                    matrices.put(name, packed.get());
                    progress.packed(name, tensor.data().byteSize());
                    return packed.get();
                }
            }
            throw new FormatException("tensor " + tensor.name() + ": no part packs " + tensor.dtype());
        }

        private MemorySegment optional(String name, int columns) {
            return checkpoint.tensor(name).isPresent() ? vector(name, columns) : MemorySegment.NULL;
        }

        /// A vector as aligned f32.
        private MemorySegment vector(String name, int columns) {
            Tensor tensor = checkpoint.require(name, 1, columns);
            MemorySegment out = arena.allocate(4L * Matrix.strideOf(columns), Matrix.ALIGNMENT);
            if (tensor.dtype() == DType.F32) {
                MemorySegment.copy(tensor.data(), 0, out, 0, 4L * columns);
            } else {
                Weights weights = compute.kernels().pack(tensor, arena);
                compute.kernels().decode(weights, 0, out, 0);
            }
            vectors.put(name, out);
            return out;
        }
    }
}

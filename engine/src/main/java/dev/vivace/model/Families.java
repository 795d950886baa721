package dev.vivace.model;

import dev.vivace.FormatException;
import dev.vivace.UnsupportedException;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.tensor.Tensor;
import java.util.List;
import java.util.stream.Collectors;

/// The families of decoders that can be read.
public final class Families {
    private static final List<Family> ALL = List.of(new Llama(), new Gemma3());

    private Families() {}

    /// The architectures known, as files name them.
    public static List<String> architectures() {
        return ALL.stream().map(Family::architecture).toList();
    }

    /// The decoder in an open GGUF file; its weights borrow the file's memory.
    ///
    /// @throws UnsupportedException for an architecture not known here
    /// @throws FormatException for a shape that contradicts itself or the weights
    public static Checkpoint read(Gguf file) {
        String architecture = file.metadata().word("general.architecture");
        Family family = ALL.stream()
                .filter(known -> known.architecture().equals(architecture))
                .findFirst()
                .orElseThrow(() -> new UnsupportedException("general.architecture=" + architecture
                        + " is not supported; supported are "
                        + architectures().stream().collect(Collectors.joining(", "))));
        List<Tensor> tensors = file.tensors().stream()
                .flatMap(info -> file.tensor(info.name()).stream())
                .toList();
        DecoderSpec spec = family.spec(new FamilyKeys(file.metadata(), architecture), tensors);
        checkSizes(spec, tensors);
        return new Checkpoint(spec, tensors);
    }

    /// A shape is only believed as far as there are weights for it: nothing is allocated on a file's word
    /// alone.
    private static void checkSizes(DecoderSpec spec, List<Tensor> tensors) {
        Checkpoint checkpoint = new Checkpoint(spec, tensors);
        checkpoint.require(Names.EMBEDDING, spec.vocabulary(), spec.width());
        for (int layer = 0; layer < spec.layers().size(); layer++) {
            LayerSpec shape = spec.layer(layer);
            checkpoint.require(Names.layer(layer, "attn_q.weight"), shape.queryWidth(), spec.width());
            checkpoint.require(Names.layer(layer, "attn_k.weight"), shape.keyWidth(), spec.width());
            checkpoint.require(Names.layer(layer, "attn_v.weight"), shape.valueWidth(), spec.width());
            checkpoint.require(Names.layer(layer, "ffn_gate.weight"), shape.hidden(), spec.width());
        }
    }
}

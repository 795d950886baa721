package dev.vivace.model;

import dev.vivace.FormatException;
import dev.vivace.UnsupportedException;
import dev.vivace.format.gguf.Metadata;
import dev.vivace.kernel.RopeStyle;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/// A file's metadata under its architecture's prefix, each value checked against what a decoder can be.
record FamilyKeys(Metadata metadata, String prefix) {
    private static final int MOST = 1 << 24;
    private static final int LONGEST_NAME = 100;

    /// The model's own name, fit for a line of text.
    String name() {
        String name = metadata.text("general.name", prefix).strip();
        String line = name.substring(0, Math.min(name.length(), LONGEST_NAME)).replaceAll("\\p{Cc}", " ");
        return line.isEmpty() ? prefix : line;
    }

    /// Layers; never more than there are tensors, so that no list grows on a file's word alone.
    int layers(List<Tensor> tensors) {
        int layers = count("block_count");
        if (layers > tensors.size()) {
            throw new FormatException(
                    prefix + ".block_count=" + layers + ", but the file has only " + tensors.size() + " tensors");
        }
        return layers;
    }

    /// A count of 1 or more.
    int count(String key) {
        return checked(key, metadata.integer(prefix + "." + key), 1);
    }

    /// A count of 1 or more, `fallback` if the file has none.
    int count(String key, int fallback) {
        return checked(key, metadata.integer(prefix + "." + key, fallback), 1);
    }

    /// A count of 0 or more.
    int countOrNone(String key, int fallback) {
        return checked(key, metadata.integer(prefix + "." + key, fallback), 0);
    }

    private int checked(String key, long value, int least) {
        if (value < least || value > MOST) {
            throw new FormatException(prefix + "." + key + "=" + value + ", expected " + least + " to " + MOST);
        }
        return (int) value;
    }

    /// A positive number, in f32 too; `fallback` if the file has none.
    double positive(String key, double fallback) {
        double value = metadata.real(prefix + "." + key, fallback);
        if (!((float) value > 0) || Float.isInfinite((float) value)) {
            throw new FormatException(prefix + "." + key + "=" + value + ", expected a number above 0");
        }
        return value;
    }

    /// A number of 0 or more, `fallback` if the file has none.
    double nonNegative(String key, double fallback) {
        double value = metadata.real(prefix + "." + key, fallback);
        if (!(value >= 0) || Float.isInfinite((float) value)) {
            throw new FormatException(prefix + "." + key + "=" + value + ", expected a number of 0 or more");
        }
        return value;
    }

    /// Key-value heads, a divisor of `heads`.
    int kvHeads(int heads) {
        int kvHeads = count("attention.head_count_kv", heads);
        if (heads % kvHeads != 0) {
            throw new FormatException(prefix + ".attention.head_count_kv=" + kvHeads + ", expected a divisor of "
                    + prefix + ".attention.head_count=" + heads);
        }
        return kvHeads;
    }

    /// Elements of a head: what the file says, else the width shared among the heads.
    int headDim(String key, int width, int heads) {
        int dim = count(key, Math.max(1, width / heads));
        if (dim % 2 != 0) {
            throw new FormatException(prefix + "." + key + "=" + dim + ", expected an even number");
        }
        return dim;
    }

    /// Tokens: what the file says, else the embedding's rows.
    int vocabulary(List<Tensor> tensors) {
        Optional<Tensor> table = tensors.stream()
                .filter(tensor -> tensor.name().equals(Names.EMBEDDING))
                .findFirst();
        if (table.isEmpty()) {
            throw new FormatException("tensor " + Names.EMBEDDING + " is missing");
        }
        return table.get().rows();
    }

    /// The rotary embedding of full-attention layers.
    Rope rope(RopeStyle style, int headDim, List<Tensor> tensors) {
        int dimensions = count("rope.dimension_count", headDim);
        if (dimensions % 2 != 0 || dimensions > headDim) {
            throw new FormatException(prefix + ".rope.dimension_count=" + dimensions
                    + ", expected an even number up to the head's " + headDim);
        }
        double base = positive("rope.freq_base", 10000);
        return new Rope(style, dimensions, base, scaling(dimensions, tensors));
    }

    private RopeScaling scaling(int dimensions, List<Tensor> tensors) {
        Optional<Tensor> factors = tensors.stream()
                .filter(tensor -> tensor.name().equals(Names.ROPE_FACTORS))
                .findFirst();
        if (factors.isPresent()) {
            return new RopeScaling.Factors(factors(factors.get(), dimensions / 2));
        }
        String type = metadata.word(prefix + ".rope.scaling.type", "none");
        double factor = positive("rope.scaling.factor", positive("rope.scale_linear", 1));
        return switch (type) {
            case "none" -> factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
            case "linear" -> new RopeScaling.Linear(factor);
            case "yarn" -> yarn(factor);
            default ->
                throw new UnsupportedException(
                        prefix + ".rope.scaling.type=" + type + ", supported are none, linear and yarn");
        };
    }

    private RopeScaling yarn(double factor) {
        int original = count("rope.scaling.original_context_length", count("context_length"));
        double attention = metadata.real(prefix + ".rope.scaling.attn_factor", 1.0);
        double paper = positive("rope.scaling.yarn_attn_factor", factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1);
        return new RopeScaling.Yarn(
                factor,
                original,
                positive("rope.scaling.yarn_beta_fast", 32),
                positive("rope.scaling.yarn_beta_slow", 1),
                attention * paper);
    }

    private static float[] factors(Tensor tensor, int pairs) {
        if (tensor.dtype() != DType.F32 || tensor.elements() != pairs) {
            throw new FormatException("tensor " + tensor.name() + " is " + tensor.dtype() + " of " + tensor.elements()
                    + " elements, expected F32 of " + pairs);
        }
        float[] factors = new float[pairs];
        for (int i = 0; i < pairs; i++) {
            factors[i] = tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            if (!(factors[i] > 0)) {
                throw new FormatException("tensor " + tensor.name() + " element " + i + " is " + factors[i]
                        + ", expected a number above 0");
            }
        }
        return factors;
    }
}

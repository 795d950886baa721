package dev.vivace.model;

import dev.vivace.FormatException;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A decoder's shape and its named weights, before they are packed. Immutable; borrows the weights' memory.
public final class Checkpoint {
    private final DecoderSpec spec;
    private final SequencedMap<String, Tensor> tensors;

    /// @param spec the shape
    /// @param tensors the weights
    public Checkpoint(DecoderSpec spec, Collection<Tensor> tensors) {
        this.spec = spec;
        this.tensors = new LinkedHashMap<>();
        tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
    }

    /// The shape.
    public DecoderSpec spec() {
        return spec;
    }

    /// The weights in the file's order.
    public Collection<Tensor> tensors() {
        return java.util.Collections.unmodifiableCollection(tensors.values());
    }

    /// The weights called `name`.
    public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /// The weights called `name`, which must have the shape `[rows, columns]`.
    public Tensor require(String name, int rows, int columns) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new FormatException("model " + spec.name() + ": tensor " + name + " is missing, expected [" + rows
                    + ", " + columns + "]");
        }
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new FormatException("model " + spec.name() + ": tensor " + name + " is [" + tensor.rows() + ", "
                    + tensor.columns() + "], expected [" + rows + ", " + columns + "]");
        }
        return tensor;
    }

    /// The same with one tensor replaced or added.
    public Checkpoint with(Tensor tensor) {
        Map<String, Tensor> next = new LinkedHashMap<>(tensors);
        next.put(tensor.name(), tensor);
        return new Checkpoint(spec, next.values());
    }

    /// The same with one tensor left out.
    public Checkpoint without(String name) {
        Map<String, Tensor> next = new LinkedHashMap<>(tensors);
        next.remove(name);
        return new Checkpoint(spec, next.values());
    }

    /// The same with another shape.
    public Checkpoint with(DecoderSpec other) {
        return new Checkpoint(other, tensors.values());
    }

    /// Bytes of all weights as stored.
    public long bytes() {
        return tensors.values().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
    }

    /// Weights in all.
    public long parameters() {
        return tensors.values().stream().mapToLong(Tensor::elements).sum();
    }

    /// A name for exactly these weights, 32 hexadecimal digits: side files (adjuncts, profiles) carry it.
    /// Hashes names, shapes, types and the first 4 KiB of every tensor, so that it is quick on any size of
    /// model.
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Tensor tensor : tensors.values()) {
                String head = tensor.name() + tensor.dtype() + tensor.rows() + "x" + tensor.columns();
                digest.update(head.getBytes(StandardCharsets.UTF_8));
                long bytes = Math.min(4096, tensor.data().byteSize());
                digest.update(tensor.data().asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The stored type that most weights have.
    public DType dominantType() {
        Map<DType, Long> elements = new LinkedHashMap<>();
        tensors.values().forEach(tensor -> elements.merge(tensor.dtype(), tensor.elements(), Long::sum));
        return elements.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(DType.F32);
    }
}

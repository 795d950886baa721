package dev.vivace.cli;

import dev.vivace.LoadOptions;
import dev.vivace.MemoryPlan;
import dev.vivace.VivaceException;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.format.gguf.Metadata;
import dev.vivace.format.gguf.MetadataValue;
import dev.vivace.format.gguf.TensorInfo;
import dev.vivace.tokenizer.Tokenizers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The facts that `inspect` prints. Nothing here throws on an odd value: a file that cannot run can be looked at.
///
/// @param source the file as the user named it
/// @param gguf the open file, borrowed
/// @param parameters elements of all tensors together
/// @param bytes bytes of all tensors together
/// @param types tensors by storage type, the heaviest first
/// @param memory what it would take to run it; empty where that cannot be told
/// @param obstacle why this build cannot run it; empty where it can
record Inspection(
        String source,
        Gguf gguf,
        long parameters,
        long bytes,
        List<TypeShare> types,
        Optional<MemoryPlan> memory,
        Optional<String> obstacle) {
    /// What is stored in one type.
    ///
    /// @param type its name
    /// @param tensors how many tensors
    /// @param parameters their elements
    /// @param bytes their bytes
    record TypeShare(String type, long tensors, long parameters, long bytes) {}

    /// The facts about `gguf`, were it loaded with `options`.
    static Inspection of(String source, Gguf gguf, LoadOptions options) {
        Map<String, TypeShare> byType = new TreeMap<>();
        long parameters = 0;
        long bytes = 0;
        for (TensorInfo info : gguf.tensors()) {
            parameters = plus(parameters, info.elements());
            bytes = plus(bytes, info.bytes());
            TypeShare one = new TypeShare(info.type().name(), 1, info.elements(), info.bytes());
            byType.merge(
                    one.type,
                    one,
                    (a, b) -> new TypeShare(
                            a.type, a.tensors + b.tensors, plus(a.parameters, b.parameters), plus(a.bytes, b.bytes)));
        }
        List<TypeShare> types = new ArrayList<>(byType.values());
        types.sort(Comparator.comparingLong(TypeShare::bytes).reversed().thenComparing(TypeShare::type));
        Optional<MemoryPlan> memory = Optional.empty();
        Optional<String> obstacle = Optional.empty();
        try {
            memory = Optional.of(MemoryPlan.of(gguf, options));
            Tokenizers.of(gguf.metadata());
        } catch (VivaceException failure) {
            obstacle = Optional.of(String.valueOf(failure.getMessage()));
        }
        return new Inspection(source, gguf, parameters, bytes, List.copyOf(types), memory, obstacle);
    }

    /// A sum that stops at the largest number: a type without a known size may claim any count.
    private static long plus(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /// The architecture's name, empty where the file has none.
    Optional<String> architecture() {
        return text("general.architecture");
    }

    /// The text at `key`, empty where it is missing or no text.
    Optional<String> text(String key) {
        return metadata().value(key).map(value -> value instanceof MetadataValue.Text(String text) ? text : null);
    }

    /// The whole number at `key` of the architecture, such as `block_count`; empty where it is missing or no number.
    OptionalLong number(String key) {
        return architecture()
                .flatMap(name -> metadata().value(name + "." + key))
                .map(value -> value instanceof MetadataValue.Whole whole
                        ? OptionalLong.of(whole.value())
                        : OptionalLong.empty())
                .orElse(OptionalLong.empty());
    }

    /// Entries of the vocabulary, empty where the file has none.
    OptionalLong vocabulary() {
        return metadata()
                .value("tokenizer.ggml.tokens")
                .map(value -> value instanceof MetadataValue.Sequence(var items)
                        ? OptionalLong.of(items.size())
                        : OptionalLong.empty())
                .orElse(OptionalLong.empty());
    }

    private Metadata metadata() {
        return gguf.metadata();
    }
}

package dev.vivace.cli;

import dev.vivace.cli.Inspection.TypeShare;
import dev.vivace.format.gguf.MetadataValue;
import dev.vivace.format.gguf.PackedArray;
import dev.vivace.format.gguf.TensorInfo;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An [Inspection] for a program.
final class InspectionJson {
    /// Longer arrays are cut to this many elements: a vocabulary would drown the rest.
    private static final int LONGEST_ARRAY = 16;

    private final Inspection inspection;

    InspectionJson(Inspection inspection) {
        this.inspection = inspection;
    }

    ObjectNode object(boolean withTensors) {
        ObjectNode root = Json.object();
        root.put("file", inspection.source());
        root.put("gguf_version", inspection.gguf().version());
        root.put("architecture", inspection.architecture().orElse(null));
        root.put("name", inspection.text("general.name").orElse(null));
        root.put("parameters", inspection.parameters());
        root.put("bytes", inspection.bytes());
        put(root, "layers", inspection.number("block_count"));
        put(root, "context", inspection.number("context_length"));
        put(root, "embedding", inspection.number("embedding_length"));
        put(root, "feed_forward", inspection.number("feed_forward_length"));
        put(root, "heads", inspection.number("attention.head_count"));
        put(root, "kv_heads", inspection.number("attention.head_count_kv"));
        ObjectNode tokenizer = root.putObject("tokenizer");
        tokenizer.put("model", inspection.text("tokenizer.ggml.model").orElse(null));
        tokenizer.put("pre", inspection.text("tokenizer.ggml.pre").orElse(null));
        put(tokenizer, "vocabulary", inspection.vocabulary());
        root.put("chat_template", inspection.text("tokenizer.chat_template").orElse(null));
        inspection
                .memory()
                .ifPresent(plan -> root.putObject("memory")
                        .put("weights_bytes", plan.weightsBytes())
                        .put("packed_bytes", plan.packedBytes())
                        .put("scratch_bytes", plan.scratchBytes())
                        .put("cache_bytes_per_token", plan.cacheBytesPerToken())
                        .put("context", plan.context())
                        .put("cache_bytes", plan.cacheBytes())
                        .put("total_bytes", plan.totalBytes())
                        .put("free_bytes", plan.freeBytes())
                        .put("fits", plan.fits()));
        root.put("cannot_run", inspection.obstacle().orElse(null));
        ArrayNode types = root.putArray("types");
        for (TypeShare share : inspection.types()) {
            types.addObject()
                    .put("type", share.type())
                    .put("tensors", share.tensors())
                    .put("parameters", share.parameters())
                    .put("bytes", share.bytes());
        }
        ObjectNode metadata = root.putObject("metadata");
        for (String key : inspection.gguf().metadata().keys()) {
            value(metadata, key, inspection.gguf().metadata().value(key).orElseThrow());
        }
        if (withTensors) {
            tensors(root.putArray("tensors"));
        }
        return root;
    }

    private void tensors(ArrayNode tensors) {
        for (TensorInfo info : inspection.gguf().tensors()) {
            ObjectNode tensor = tensors.addObject()
                    .put("name", info.name())
                    .put("type", info.type().name());
            ArrayNode dimensions = tensor.putArray("dimensions");
            info.dimensions().forEach(dimensions::add);
            tensor.put("offset", info.offset()).put("bytes", info.bytes());
        }
    }

    private static void value(ObjectNode parent, String key, MetadataValue value) {
        switch (value) {
            case MetadataValue.Whole whole -> parent.put(key, new java.math.BigInteger(whole.toString()));
            case MetadataValue.Real real -> {
                if (Double.isFinite(real.value())) {
                    parent.put(key, real.value());
                } else {
                    parent.put(key, real.toString());
                }
            }
            case MetadataValue.Flag flag -> parent.put(key, flag.value());
            case MetadataValue.Text text -> parent.put(key, text.value());
            case MetadataValue.Sequence(PackedArray items) -> {
                ObjectNode array = parent.putObject(key);
                array.put("array_of", items.element().label());
                array.put("size", items.size());
                ArrayNode first = array.putArray("first");
                items.first(LONGEST_ARRAY).forEach(item -> first.add(item.toString()));
            }
        }
    }

    private static void put(ObjectNode parent, String key, OptionalLong value) {
        if (value.isPresent()) {
            parent.put(key, value.getAsLong());
        } else {
            parent.putNull(key);
        }
    }
}

package dev.vivace;

import dev.vivace.format.gguf.Gguf;
import dev.vivace.format.gguf.GgufWriter;
import dev.vivace.format.gguf.MetadataType;
import dev.vivace.format.gguf.MetadataValue;
import dev.vivace.format.gguf.TensorInfo;
import dev.vivace.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Files that are well-formed GGUF and lie about the model: hyper-parameters, vocabularies, tensors.
final class HostileEdits {
    private static final List<String> COUNTS = List.of(
            "context_length",
            "embedding_length",
            "block_count",
            "feed_forward_length",
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
            "attention.value_length",
            "rope.dimension_count",
            "attention.sliding_window",
            "attention.sliding_window_pattern",
            "rope.scaling.original_context_length",
            "vocab_size");

    private static final List<String> REALS = List.of(
            "attention.layer_norm_rms_epsilon",
            "attention.scale",
            "rope.freq_base",
            "rope.freq_base_swa",
            "rope.scaling.factor",
            "rope.scale_linear",
            "rope.scaling.attn_factor",
            "rope.scaling.yarn_attn_factor",
            "rope.scaling.yarn_beta_fast",
            "rope.scaling.yarn_beta_slow",
            "final_logit_softcapping");

    private static final List<String> IDS = List.of(
            "bos_token_id", "eos_token_id", "unknown_token_id", "eot_token_id", "eom_token_id", "padding_token_id");

    private static final List<String> FLAGS = List.of("add_bos_token", "add_eos_token", "add_space_prefix");

    private static final long[] SMALL = {0, 1, 2, 3, 4, 5, 7, 8, 16, 32, 63, 1000, 65536, 1_000_000, -1};

    private static final double[] ODD_REALS = {
        0,
        -0.0,
        -1,
        1,
        1e-46,
        Double.MIN_VALUE,
        1e-300,
        1e300,
        Float.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        -1e9
    };

    private static final String[] TEMPLATES = {
        "",
        "{{ messages }}",
        "{% for m in messages %}{{ m.content * 1000000 }}{% endfor %}",
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{{ raise_exception('no ' ~ messages[0].role) }}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{{ messages[9].content }}",
        "{% if %}",
        "((((((((",
        "<|im_start|>{{ bos_token }}{{ eos_token }}"
    };

    private static final String[] WORDS = {
        "",
        "llama",
        "gemma3",
        "gpt2",
        "yarn",
        "linear",
        "none",
        "bert",
        "smollm",
        "qwen2",
        "default",
        "\u0000\u001b[31m\n",
        "…"
    };

    private final Random random;
    private final String family;
    private final Map<String, MetadataValue> metadata = new LinkedHashMap<>();
    private final Map<String, Weights> tensors = new LinkedHashMap<>();

    private record Weights(DType dtype, List<Long> dimensions, byte[] bytes) {}

    private HostileEdits(Gguf seed, Random random) {
        this.random = random;
        this.family = seed.metadata().text("general.architecture");
        for (String key : seed.metadata().keys()) {
            metadata.put(key, seed.metadata().value(key).orElseThrow());
        }
        for (TensorInfo info : seed.tensors()) {
            byte[] bytes = seed.tensor(info.name()).orElseThrow().data().toArray(ValueLayout.JAVA_BYTE);
            tensors.put(info.name(), new Weights(info.type().dtype().orElseThrow(), info.dimensions(), bytes));
        }
    }

    /// A file like `seed` with one to three lies.
    static byte[] lie(byte[] seed, Random random) {
        try (Gguf file = Gguf.read("seed", MemorySegment.ofArray(seed))) {
            HostileEdits edits = new HostileEdits(file, random);
            int rounds = 1 + random.nextInt(3);
            for (int i = 0; i < rounds; i++) {
                edits.edit();
            }
            return edits.bytes();
        }
    }

    private void edit() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> metadata.put(family + "." + pick(COUNTS), whole());
            case 3, 4 -> metadata.put(family + "." + pick(REALS), real());
            case 5 -> metadata.put("tokenizer.ggml." + pick(IDS), whole());
            case 6 -> metadata.put("tokenizer.ggml." + pick(FLAGS), any());
            case 7 -> words();
            case 8 -> arrays();
            case 9 -> metadata.remove(pick(List.copyOf(metadata.keySet())));
            case 10 -> reshape();
            default -> poison();
        }
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private MetadataValue whole() {
        if (random.nextInt(8) == 0) {
            return any();
        }
        long value = random.nextBoolean() ? SMALL[random.nextInt(SMALL.length)] : Mutations.lie(random);
        MetadataType type = value >= 0 && value < 1L << 32 ? MetadataType.U32 : MetadataType.I64;
        return new MetadataValue.Whole(random.nextInt(4) == 0 ? MetadataType.U64 : type, value);
    }

    private MetadataValue real() {
        double value = ODD_REALS[random.nextInt(ODD_REALS.length)];
        return random.nextInt(8) == 0 ? any() : new MetadataValue.Real(MetadataType.F64, value);
    }

    /// A value of any type.
    private MetadataValue any() {
        return switch (random.nextInt(6)) {
            case 0 -> new MetadataValue.Flag(random.nextBoolean());
            case 1 -> new MetadataValue.Text("x".repeat(random.nextInt(100_000)));
            case 2 -> MetadataValue.Sequence.ofReals(1, Float.NaN);
            case 3 -> MetadataValue.Sequence.ofTexts(List.of());
            case 4 -> new MetadataValue.Real(MetadataType.F32, Float.NaN);
            default -> new MetadataValue.Whole(MetadataType.U64, -1);
        };
    }

    private void words() {
        String key = pick(List.of(
                "general.architecture",
                "general.name",
                "tokenizer.ggml.model",
                "tokenizer.ggml.pre",
                family + ".rope.scaling.type",
                "tokenizer.chat_template"));
        boolean template = key.endsWith("template");
        String word = template ? TEMPLATES[random.nextInt(TEMPLATES.length)] : WORDS[random.nextInt(WORDS.length)];
        metadata.put(key, random.nextInt(8) == 0 ? any() : new MetadataValue.Text(word));
    }

    private void arrays() {
        String key = "tokenizer.ggml." + pick(List.of("tokens", "scores", "token_type", "merges"));
        int size = random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(120);
        metadata.put(
                key,
                switch (random.nextInt(4)) {
                    case 0 -> reals(size);
                    case 1 -> integers(size);
                    case 2 -> texts(size);
                    default -> any();
                });
    }

    private MetadataValue reals(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) ODD_REALS[random.nextInt(ODD_REALS.length)];
        }
        return MetadataValue.Sequence.ofReals(values);
    }

    private MetadataValue integers(int size) {
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextInt(100) == 0 ? Mutations.lie(random) : random.nextInt(8);
        }
        return MetadataValue.Sequence.ofIntegers(MetadataType.I64, values);
    }

    private MetadataValue texts(int size) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            values.add(
                    switch (random.nextInt(6)) {
                        case 0 -> "";
                        case 1 -> "a b";
                        case 2 -> "<0x" + Integer.toHexString(random.nextInt(512)) + ">";
                        case 3 -> "▁" + (char) random.nextInt(0x10000);
                        case 4 -> "ab".repeat(random.nextInt(600));
                        default -> String.valueOf((char) ('a' + random.nextInt(26)));
                    });
        }
        return MetadataValue.Sequence.ofTexts(values);
    }

    /// One tensor goes, takes another's place, loses rows, or is read as another type.
    private void reshape() {
        Map.Entry<String, Weights> chosen = pick(List.copyOf(tensors.entrySet()));
        String name = chosen.getKey();
        Weights old = chosen.getValue();
        switch (random.nextInt(5)) {
            case 0 -> tensors.remove(name);
            case 1 -> tensors.put(name, pick(List.copyOf(tensors.values())));
            case 2 -> tensors.put(name, new Weights(old.dtype(), List.of((long) old.bytes().length / 4), old.bytes()));
            case 3 -> {
                List<Long> twice = new ArrayList<>(old.dimensions());
                twice.set(0, twice.getFirst() * 2);
                tensors.put(name, new Weights(DType.BF16, twice, old.bytes()));
            }
            default -> {
                List<Long> turned = List.copyOf(old.dimensions().reversed());
                tensors.put(name, new Weights(old.dtype(), turned, old.bytes()));
            }
        }
        if (random.nextInt(4) == 0) {
            String extra =
                    pick(List.of("rope_freqs.weight", "output.weight", "blk.0.attn_q.bias", "blk.9.attn_k.weight"));
            tensors.put(extra, pick(List.copyOf(tensors.values())));
        }
    }

    /// Fills a stretch of one tensor with a number that no weight should be.
    private void poison() {
        Map.Entry<String, Weights> chosen = pick(List.copyOf(tensors.entrySet()));
        String name = chosen.getKey();
        Weights old = chosen.getValue();
        byte[] bytes = old.bytes().clone();
        float value = (float) ODD_REALS[random.nextInt(ODD_REALS.length)];
        int from = random.nextInt(bytes.length / 4);
        int to = random.nextBoolean() ? bytes.length / 4 : Math.min(from + 1, bytes.length / 4);
        MemorySegment segment = MemorySegment.ofArray(bytes);
        for (int i = from; i < to; i++) {
            segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, value);
        }
        tensors.put(name, new Weights(old.dtype(), old.dimensions(), bytes));
    }

    private byte[] bytes() {
        GgufWriter writer = new GgufWriter();
        metadata.forEach(writer::put);
        tensors.forEach((name, weights) ->
                writer.add(name, weights.dtype(), weights.dimensions(), MemorySegment.ofArray(weights.bytes())));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}

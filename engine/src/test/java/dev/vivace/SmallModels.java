package dev.vivace;

import dev.vivace.format.gguf.GgufWriter;
import dev.vivace.format.gguf.MetadataType;
import dev.vivace.format.gguf.MetadataValue;
import dev.vivace.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Whole models of a few KiB with random weights: metadata, tokenizer, chat template and all.
final class SmallModels {
    static final String TEMPLATE = "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
            + "{{ message['content'] | trim }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private static final int WIDTH = 8;
    private static final int HEADS = 2;
    private static final int KV_HEADS = 1;
    private static final int HEAD_DIM = 4;
    private static final int HIDDEN = 8;
    private static final int LAYERS = 2;

    private final GgufWriter writer = new GgufWriter();
    private final SplittableRandom random = new SplittableRandom(20260101);
    private final String family;

    private SmallModels(String family) {
        this.family = family;
    }

    /// Llama with byte-level BPE, ChatML and rotary factors.
    static byte[] llama() {
        SmallModels model = new SmallModels("llama");
        model.shape();
        int vocabulary = model.byteLevelTokenizer();
        model.writer.text("tokenizer.chat_template", TEMPLATE);
        model.weights(vocabulary);
        model.vector("rope_freqs.weight", HEAD_DIM / 2, 1);
        return model.bytes();
    }

    /// Gemma 3 with SentencePiece, a sliding window and norms of queries and keys.
    static byte[] gemma() {
        SmallModels model = new SmallModels("gemma3");
        model.shape();
        model.writer.u32("gemma3.attention.sliding_window", 4);
        int vocabulary = model.sentencePieceTokenizer();
        model.weights(vocabulary);
        for (int layer = 0; layer < LAYERS; layer++) {
            model.vector("blk." + layer + ".attn_q_norm.weight", HEAD_DIM, 1);
            model.vector("blk." + layer + ".attn_k_norm.weight", HEAD_DIM, 1);
            model.vector("blk." + layer + ".post_attention_norm.weight", WIDTH, 1);
            model.vector("blk." + layer + ".post_ffw_norm.weight", WIDTH, 1);
        }
        return model.bytes();
    }

    private void shape() {
        writer.text("general.architecture", family)
                .text("general.name", "small " + family)
                .u32(family + ".context_length", 64)
                .u32(family + ".embedding_length", WIDTH)
                .u32(family + ".block_count", LAYERS)
                .u32(family + ".feed_forward_length", HIDDEN)
                .u32(family + ".attention.head_count", HEADS)
                .u32(family + ".attention.head_count_kv", KV_HEADS)
                .u32(family + ".attention.key_length", HEAD_DIM)
                .u32(family + ".attention.value_length", HEAD_DIM)
                .f32(family + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .f32(family + ".rope.freq_base", 10000)
                .u32(family + ".rope.dimension_count", HEAD_DIM);
    }

    private int byteLevelTokenizer() {
        List<String> pieces = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
        for (char c = 'a'; c <= 'z'; c++) {
            pieces.add(String.valueOf(c));
        }
        pieces.addAll(List.of("Ġ", "Ċ", "?", "he", "the", "Ġthe", "in"));
        long[] kinds = new long[pieces.size()];
        for (int id = 0; id < kinds.length; id++) {
            kinds[id] = id < 3 ? 3 : 1;
        }
        writer.text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "smollm")
                .put("tokenizer.ggml.tokens", MetadataValue.Sequence.ofTexts(pieces))
                .put("tokenizer.ggml.token_type", MetadataValue.Sequence.ofIntegers(MetadataType.I32, kinds))
                .put("tokenizer.ggml.merges", MetadataValue.Sequence.ofTexts(List.of("h e", "t he", "Ġ the", "i n")))
                .u32("tokenizer.ggml.bos_token_id", 1)
                .u32("tokenizer.ggml.eos_token_id", 2)
                .flag("tokenizer.ggml.add_bos_token", false);
        return pieces.size();
    }

    private int sentencePieceTokenizer() {
        List<String> pieces = new ArrayList<>(List.of("<unk>", "<bos>", "<eos>", "<0x0A>", "<0xC3>", "<0xA9>", "▁"));
        for (char c = 'a'; c <= 'z'; c++) {
            pieces.add(String.valueOf(c));
        }
        pieces.addAll(List.of("he", "the", "▁the", "in"));
        long[] kinds = new long[pieces.size()];
        float[] scores = new float[pieces.size()];
        for (int id = 0; id < kinds.length; id++) {
            kinds[id] = id == 0 ? 2 : id < 3 ? 3 : id < 6 ? 6 : 1;
            scores[id] = -id;
        }
        writer.text("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.tokens", MetadataValue.Sequence.ofTexts(pieces))
                .put("tokenizer.ggml.scores", MetadataValue.Sequence.ofReals(scores))
                .put("tokenizer.ggml.token_type", MetadataValue.Sequence.ofIntegers(MetadataType.I32, kinds))
                .u32("tokenizer.ggml.bos_token_id", 1)
                .u32("tokenizer.ggml.eos_token_id", 2)
                .u32("tokenizer.ggml.unknown_token_id", 0)
                .flag("tokenizer.ggml.add_bos_token", true);
        return pieces.size();
    }

    private void weights(int vocabulary) {
        matrix("token_embd.weight", vocabulary, WIDTH);
        vector("output_norm.weight", WIDTH, 1);
        for (int layer = 0; layer < LAYERS; layer++) {
            String name = "blk." + layer + ".";
            vector(name + "attn_norm.weight", WIDTH, 1);
            matrix(name + "attn_q.weight", HEADS * HEAD_DIM, WIDTH);
            matrix(name + "attn_k.weight", KV_HEADS * HEAD_DIM, WIDTH);
            matrix(name + "attn_v.weight", KV_HEADS * HEAD_DIM, WIDTH);
            matrix(name + "attn_output.weight", WIDTH, HEADS * HEAD_DIM);
            vector(name + "ffn_norm.weight", WIDTH, 1);
            matrix(name + "ffn_gate.weight", HIDDEN, WIDTH);
            matrix(name + "ffn_up.weight", HIDDEN, WIDTH);
            matrix(name + "ffn_down.weight", WIDTH, HIDDEN);
        }
    }

    private void matrix(String name, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        writer.add(name, DType.F32, List.of((long) columns, (long) rows), MemorySegment.ofArray(values));
    }

    private void vector(String name, int columns, float value) {
        float[] values = new float[columns];
        java.util.Arrays.fill(values, value);
        writer.add(name, DType.F32, List.of((long) columns), MemorySegment.ofArray(values));
    }

    private byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}

package dev.vivace.cli;

import dev.vivace.format.gguf.GgufWriter;
import dev.vivace.format.gguf.MetadataType;
import dev.vivace.format.gguf.MetadataValue.Sequence;
import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A model of one layer, all zeros, that takes a start through what the model inside the jar lacks: byte-level BPE, a
/// chat
/// template, and weights of many types.
final class RehearsalModel {
    private static final int WIDTH = 256; // a super-block
    private static final String TEMPLATE = "{% for message in messages %}"
            + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
    private static final List<String> MERGES = List.of("t h", "th e", "o r");
    private static final List<String> CONTROLS = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

    private RehearsalModel() {}

    static void write(Path file) {
        List<String> tokens = tokens();
        GgufWriter writer = new GgufWriter()
                .text("general.architecture", "llama")
                .text("general.name", "zeros")
                .u32("llama.block_count", 1)
                .u32("llama.context_length", 1024)
                .u32("llama.embedding_length", WIDTH)
                .u32("llama.feed_forward_length", WIDTH)
                .u32("llama.attention.head_count", 4)
                .f32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        vocabulary(writer, tokens);
        add(writer, "token_embd.weight", DType.Q8_0, tokens.size());
        add(writer, "output_norm.weight", DType.F32, 1);
        add(writer, "blk.0.attn_norm.weight", DType.F32, 1);
        add(writer, "blk.0.attn_q.weight", DType.Q4_0, WIDTH);
        add(writer, "blk.0.attn_k.weight", DType.Q4_1, WIDTH);
        add(writer, "blk.0.attn_v.weight", DType.F16, WIDTH);
        add(writer, "blk.0.attn_output.weight", DType.Q5_0, WIDTH);
        add(writer, "blk.0.ffn_norm.weight", DType.F32, 1);
        add(writer, "blk.0.ffn_gate.weight", DType.Q4_K, WIDTH);
        add(writer, "blk.0.ffn_up.weight", DType.Q6_K, WIDTH);
        add(writer, "blk.0.ffn_down.weight", DType.BF16, WIDTH);
        writer.write(file);
    }

    private static void vocabulary(GgufWriter writer, List<String> tokens) {
        int plain = tokens.size() - CONTROLS.size();
        long[] kinds = new long[tokens.size()];
        Arrays.fill(kinds, 0, plain, 1);
        Arrays.fill(kinds, plain, tokens.size(), 3);
        writer.text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "smollm")
                .put("tokenizer.ggml.tokens", Sequence.ofTexts(tokens))
                .put("tokenizer.ggml.token_type", Sequence.ofIntegers(MetadataType.I32, kinds))
                .put("tokenizer.ggml.merges", Sequence.ofTexts(MERGES))
                .u32("tokenizer.ggml.bos_token_id", tokens.indexOf("<|im_start|>"))
                .u32("tokenizer.ggml.eos_token_id", tokens.indexOf("<|im_end|>"))
                .text("tokenizer.chat_template", TEMPLATE);
    }

    /// Visible ASCII, stand-ins for the other bytes in the range of GPT-2's own, the merged pieces, the control tokens.
    private static List<String> tokens() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            boolean visible = i > ' ' && i < 0x7F;
            tokens.add(String.valueOf((char) (visible ? i : 256 + i)));
        }
        for (String merge : MERGES) {
            tokens.add(merge.replace(" ", ""));
        }
        tokens.addAll(CONTROLS);
        return tokens;
    }

    private static void add(GgufWriter writer, String name, DType dtype, int rows) {
        List<Long> dimensions = rows == 1 ? List.of((long) WIDTH) : List.of((long) WIDTH, (long) rows);
        byte[] zeros = new byte[Math.toIntExact(dtype.bytes(WIDTH) * rows)];
        writer.add(name, dtype, dimensions, MemorySegment.ofArray(zeros));
    }
}

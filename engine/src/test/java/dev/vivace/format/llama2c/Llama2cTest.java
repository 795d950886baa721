package dev.vivace.format.llama2c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.TestData;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.format.gguf.Metadata;
import dev.vivace.format.gguf.TensorInfo;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Llama2cTest {
    private static final Llama2c.Origin STORIES = new Llama2c.Origin(
            "stories260K",
            "Andrej Karpathy",
            "mit",
            "https://github.com/karpathy/llama2.c",
            "A model of 260 thousand parameters trained on TinyStories, converted from llama2.c's stories260K.bin");

    @Test
    void theModelInTheJarIsTheConvertedCheckpoint() throws IOException {
        Path checkpoint = TestData.data("models/stories260K/stories260K.bin");
        Path tokenizer = TestData.data("models/stories260K/tok512.bin");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Llama2c.convert(checkpoint, tokenizer, STORIES, out);
        assertThat(resource()).isEqualTo(out.toByteArray());
    }

    @Test
    void theModelInTheJarKeepsEveryWeightOfTheCheckpoint() throws IOException {
        byte[] checkpoint = Files.readAllBytes(TestData.data("models/stories260K/stories260K.bin"));
        try (Gguf file = Gguf.read("stories260k.gguf", MemorySegment.ofArray(resource()))) {
            assertWeights(file, checkpoint, "token_embd.weight", 28, 512 * 64);
            // After the embedding and the norms of five layers come five query matrices.
            assertWeights(file, checkpoint, "blk.3.attn_q.weight", 28 + 4 * (512 * 64 + 5 * 64 + 3 * 64 * 64), 64 * 64);
            // The last norm stands before two rotation tables of 512 x 4.
            assertWeights(file, checkpoint, "output_norm.weight", checkpoint.length - 4 * (2 * 512 * 4 + 64), 64);
        }
    }

    @Test
    void theModelInTheJarSaysWhatItIs() throws IOException {
        try (Gguf file = Gguf.read("stories260k.gguf", MemorySegment.ofArray(resource()))) {
            Metadata metadata = file.metadata();
            assertThat(metadata.text("general.architecture")).isEqualTo("llama");
            assertThat(metadata.text("general.license")).isEqualTo("mit");
            assertThat(metadata.integer("llama.context_length")).isEqualTo(512);
            assertThat(metadata.integer("llama.embedding_length")).isEqualTo(64);
            assertThat(metadata.integer("llama.feed_forward_length")).isEqualTo(172);
            assertThat(metadata.integer("llama.attention.head_count_kv")).isEqualTo(4);
            assertThat(metadata.texts("tokenizer.ggml.tokens"))
                    .hasSize(512)
                    .startsWith("<unk>", "<s>", "</s>", "<0x00>")
                    .contains("\u2581the", "<0x0A>")
                    .noneMatch(piece -> piece.contains(" "));
            assertThat(Arrays.copyOf(metadata.integers("tokenizer.ggml.token_type"), 4))
                    .containsExactly(2, 3, 3, 6);
            assertThat(metadata.integers("tokenizer.ggml.token_type")[300]).isEqualTo(1);
            assertThat(metadata.reals("tokenizer.ggml.scores")).hasSize(512);
            assertThat(file.tensors()).hasSize(2 + 9 * 5);
            assertThat(file.tensor("output.weight")).isEmpty();
            for (TensorInfo info : file.tensors()) {
                assertThat(info.type().dtype()).contains(DType.F32);
            }
            Tensor key = file.tensor("blk.4.attn_k.weight").orElseThrow();
            assertThat(key.rows()).isEqualTo(32);
            assertThat(key.columns()).isEqualTo(64);
        }
    }

    @Test
    void convertsACheckpointWithAHeadOfItsOwn(@TempDir Path folder) throws IOException {
        // width 2, hidden 3, one layer, one head, vocabulary 4 with its own head, context 5
        int floats = 8 + 2 + 4 * 4 + 2 + 3 * 6 + 2 + 5 * 2 + 8;
        ByteBuffer checkpoint = ByteBuffer.allocate(28 + 4 * floats).order(ByteOrder.LITTLE_ENDIAN);
        checkpoint.putInt(2).putInt(3).putInt(1).putInt(1).putInt(1).putInt(-4).putInt(5);
        for (int i = 0; i < floats; i++) {
            checkpoint.putFloat(i);
        }
        Path model = Files.write(folder.resolve("m.bin"), checkpoint.array());
        Path tokenizer = Files.write(folder.resolve("t.bin"), pieces("<unk>", "\n<s>\n", "\n</s>\n", " a"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Llama2c.convert(model, tokenizer, STORIES, out);
        try (Gguf file = Gguf.read("small", MemorySegment.ofArray(out.toByteArray()))) {
            assertThat(first(file, "output.weight")).isEqualTo(floats - 8);
            assertThat(first(file, "blk.0.ffn_gate.weight")).isEqualTo(8 + 2 + 16 + 2);
            assertThat(first(file, "blk.0.ffn_down.weight")).isEqualTo(8 + 2 + 16 + 2 + 6);
            assertThat(first(file, "blk.0.ffn_up.weight")).isEqualTo(8 + 2 + 16 + 2 + 12);
            assertThat(file.tensor("blk.0.ffn_down.weight").orElseThrow().rows())
                    .isEqualTo(2);
            assertThat(file.metadata().texts("tokenizer.ggml.tokens")).containsExactly("<unk>", "<s>", "</s>", "▁a");
        }
    }

    @Test
    void refusesDamagedFiles(@TempDir Path folder) throws IOException {
        OutputStream nowhere = OutputStream.nullOutputStream();
        Path none = folder.resolve("none.bin");
        assertThatThrownBy(() -> Llama2c.convert(none, none, STORIES, nowhere)).isInstanceOf(OptionException.class);
        Path shortFile = Files.write(folder.resolve("short.bin"), new byte[20]);
        assertThatThrownBy(() -> Llama2c.convert(shortFile, none, STORIES, nowhere))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("20 bytes");
        Path zeroes = Files.write(folder.resolve("zeroes.bin"), new byte[64]);
        assertThatThrownBy(() -> Llama2c.convert(zeroes, none, STORIES, nowhere))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("header number 0 is 0");
        ByteBuffer lies = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        lies.putInt(1 << 20)
                .putInt(1 << 20)
                .putInt(1 << 20)
                .putInt(1)
                .putInt(1)
                .putInt(1 << 20)
                .putInt(1 << 20);
        Path lying = Files.write(folder.resolve("lying.bin"), lies.array());
        assertThatThrownBy(() -> Llama2c.convert(lying, none, STORIES, nowhere))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("64 bytes, expected");
    }

    private static byte[] pieces(String... pieces) {
        ByteBuffer bytes =
                ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN).putInt(9);
        for (String piece : pieces) {
            byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
            bytes.putFloat(-1).putInt(utf8.length).put(utf8);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static float first(Gguf file, String name) {
        return file.tensor(name).orElseThrow().data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
    }

    private static void assertWeights(Gguf file, byte[] checkpoint, String name, int from, int count) {
        byte[] stored = file.tensor(name).orElseThrow().data().toArray(ValueLayout.JAVA_BYTE);
        assertThat(stored).as(name).isEqualTo(Arrays.copyOfRange(checkpoint, from, from + 4 * count));
    }

    private static byte[] resource() throws IOException {
        try (InputStream in = Gguf.class.getResourceAsStream("/dev/vivace/stories260k.gguf")) {
            return Objects.requireNonNull(in, "stories260k.gguf").readAllBytes();
        }
    }
}

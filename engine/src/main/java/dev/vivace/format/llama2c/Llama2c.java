package dev.vivace.format.llama2c;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.format.gguf.GgufWriter;
import dev.vivace.tensor.DType;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Converts a llama2.c checkpoint and its tokenizer to a GGUF file of architecture `llama` with f32 weights.
///
/// The checkpoint, all little endian: seven int32 (width, hidden width, layers, heads, key-value heads, vocabulary,
/// context; a negative vocabulary says that the head is a matrix of its own), then f32 matrices, each for all layers
/// before the next: embedding, attention norms, query, key, value, output, feed-forward norms, gate, down, up,
/// the last
/// norm, two rotation tables that nobody needs, and the head if it is not the embedding. Query and key rows
/// rotate in
/// neighbouring pairs, as GGUF's `llama` has them, so rows keep their order.
public final class Llama2c {
    private static final float NORM_EPSILON = 1e-5f;
    private static final float ROPE_BASE = 10000;
    private static final int HEADER_BYTES = 28;

    /// Far above any such checkpoint; keeps products of sizes below 2^63.
    private static final int LARGEST = 1 << 20;

    private Llama2c() {}

    /// Where a model comes from, for the file's metadata.
    ///
    /// @param name the model's name
    /// @param author who trained it
    /// @param license its SPDX id in lower case
    /// @param url where it was published
    /// @param description one sentence
    public record Origin(String name, String author, String license, String url, String description) {}

    /// Writes the GGUF file of `checkpoint` and `tokenizer` to `out`.
    ///
    /// @param checkpoint llama2.c's model file
    /// @param tokenizer llama2.c's tokenizer file with as many pieces as the checkpoint has embeddings
    /// @param origin what the file shall say about itself
    /// @param out receives the file, stays open
    /// @throws FormatException when a file is damaged
    /// @throws OptionException when a file cannot be read
    /// @throws IOException when `out` fails
    public static void convert(Path checkpoint, Path tokenizer, Origin origin, OutputStream out) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment weights = map(checkpoint, arena);
            Shape shape = shape(checkpoint, weights);
            GgufWriter writer = new GgufWriter();
            describe(writer, shape, origin);
            Llama2cVocabulary.read(tokenizer, map(tokenizer, arena), shape.vocabulary)
                    .describe(writer);
            addTensors(writer, shape, weights);
            writer.write(out);
        }
    }

    private record Shape(
            int width,
            int hidden,
            int layers,
            int heads,
            int keyValueHeads,
            int vocabulary,
            int context,
            boolean ownHead) {
        int headWidth() {
            return width / heads;
        }

        int keyValueWidth() {
            return keyValueHeads * headWidth();
        }

        long bytes() {
            long perLayer = 2L * width + 2L * width * width + 2L * width * keyValueWidth() + 3L * width * hidden;
            long embedding = (long) vocabulary * width;
            long rotations = (long) context * headWidth();
            return HEADER_BYTES + 4 * (embedding * (ownHead ? 2 : 1) + layers * perLayer + width + rotations);
        }
    }

    private static MemorySegment map(Path path, Arena arena) {
        if (!Files.isRegularFile(path)) {
            throw new OptionException("file " + path + " does not exist, expected a llama2.c file");
        }
        try (FileChannel channel = FileChannel.open(path)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new OptionException("file " + path + " cannot be read: " + e, e);
        }
    }

    private static Shape shape(Path path, MemorySegment weights) {
        if (weights.byteSize() < HEADER_BYTES) {
            throw new FormatException(path + ": " + weights.byteSize() + " bytes, expected a header of 28");
        }
        int[] header = new int[7];
        for (int i = 0; i < header.length; i++) {
            header[i] = weights.get(Llama2cVocabulary.LE32, 4L * i);
            if (header[i] == Integer.MIN_VALUE || Math.abs(header[i]) > LARGEST || header[i] < 1 && i != 5) {
                throw new FormatException(
                        path + ": header number " + i + " is " + header[i] + ", expected 1 to " + LARGEST);
            }
        }
        Shape shape = new Shape(
                header[0], header[1], header[2], header[3], header[4], Math.abs(header[5]), header[6], header[5] < 0);
        if (shape.width % shape.heads != 0 || shape.heads % shape.keyValueHeads != 0 || shape.vocabulary == 0) {
            throw new FormatException(path + ": width " + shape.width + ", heads " + shape.heads + ", key-value heads "
                    + shape.keyValueHeads + " and vocabulary " + shape.vocabulary + " do not fit together");
        }
        if (weights.byteSize() != shape.bytes()) {
            throw new FormatException(
                    path + ": " + weights.byteSize() + " bytes, expected " + shape.bytes() + " for " + shape);
        }
        return shape;
    }

    private static void describe(GgufWriter writer, Shape shape, Origin origin) {
        writer.text("general.architecture", "llama")
                .text("general.type", "model")
                .text("general.name", origin.name())
                .text("general.author", origin.author())
                .text("general.license", origin.license())
                .text("general.description", origin.description())
                .text("general.source.url", origin.url())
                .u32("general.file_type", 0)
                .u32("llama.context_length", shape.context)
                .u32("llama.embedding_length", shape.width)
                .u32("llama.block_count", shape.layers)
                .u32("llama.feed_forward_length", shape.hidden)
                .u32("llama.attention.head_count", shape.heads)
                .u32("llama.attention.head_count_kv", shape.keyValueHeads)
                .f32("llama.attention.layer_norm_rms_epsilon", NORM_EPSILON)
                .u32("llama.rope.dimension_count", shape.headWidth())
                .f32("llama.rope.freq_base", ROPE_BASE)
                .u32("llama.vocab_size", shape.vocabulary);
    }

    private static void addTensors(GgufWriter writer, Shape shape, MemorySegment weights) {
        Matrices matrices = new Matrices(writer, shape.layers, weights, HEADER_BYTES);
        matrices.one("token_embd.weight", shape.width, shape.vocabulary);
        matrices.perLayer("attn_norm", shape.width);
        matrices.perLayer("attn_q", shape.width, shape.width);
        matrices.perLayer("attn_k", shape.width, shape.keyValueWidth());
        matrices.perLayer("attn_v", shape.width, shape.keyValueWidth());
        matrices.perLayer("attn_output", shape.width, shape.width);
        matrices.perLayer("ffn_norm", shape.width);
        matrices.perLayer("ffn_gate", shape.width, shape.hidden);
        matrices.perLayer("ffn_down", shape.hidden, shape.width);
        matrices.perLayer("ffn_up", shape.width, shape.hidden);
        matrices.one("output_norm.weight", shape.width);
        if (shape.ownHead) {
            matrices.position += 4L * shape.context * shape.headWidth();
            matrices.one("output.weight", shape.width, shape.vocabulary);
        }
    }

    /// Hands out the checkpoint's matrices one after another.
    private static final class Matrices {
        private final GgufWriter writer;
        private final int layers;
        private final MemorySegment weights;
        private long position;

        Matrices(GgufWriter writer, int layers, MemorySegment weights, long position) {
            this.writer = writer;
            this.layers = layers;
            this.weights = weights;
            this.position = position;
        }

        void perLayer(String name, long... dimensions) {
            for (int layer = 0; layer < layers; layer++) {
                one(String.format(Locale.ROOT, "blk.%d.%s.weight", layer, name), dimensions);
            }
        }

        void one(String name, long... dimensions) {
            List<Long> sizes = Arrays.stream(dimensions).boxed().toList();
            long bytes = 4 * sizes.stream().reduce(1L, (a, b) -> a * b);
            writer.add(name, DType.F32, sizes, weights.asSlice(position, bytes));
            position += bytes;
        }
    }
}

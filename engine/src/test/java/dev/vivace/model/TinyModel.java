package dev.vivace.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One of the tiny random models with what Python's transformers computes for it, see `engine/src/test/python`.
///
/// @param name the files' name without ending
/// @param tokens the text, one token a position
/// @param logits `[position][vocabulary]`
record TinyModel(String name, int[] tokens, float[][] logits) {
    /// All of them.
    static final List<String> NAMES = List.of(
            "llama2-mha",
            "llama3-gqa",
            "llama-tied",
            "llama-odd",
            "llama-one-kv-head",
            "llama-linear",
            "llama-yarn",
            "llama-yarn-knobs",
            "llama-rope3",
            "gemma3",
            "gemma3-linear",
            "gemma3-62-layers");

    private static final String FOLDER = "engine/src/test/resources/dev/vivace/model";

    static TinyModel read(String name) {
        try {
            ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder().resolve(name + ".logits")))
                    .order(ByteOrder.LITTLE_ENDIAN);
            int[] tokens = new int[file.getInt()];
            float[][] logits = new float[tokens.length][file.getInt()];
            file.asIntBuffer().get(tokens);
            file.position(file.position() + Integer.BYTES * tokens.length);
            for (float[] row : logits) {
                file.asFloatBuffer().get(row);
                file.position(file.position() + Float.BYTES * row.length);
            }
            assertThat(file.hasRemaining()).isFalse();
            return new TinyModel(name, tokens, logits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The model's GGUF file.
    Path file() {
        return folder().resolve(name + ".gguf");
    }

    /// The largest of all |logit|, which errors are measured by.
    float largest() {
        float largest = 0;
        for (float[] row : logits) {
            for (float x : row) {
                largest = Math.max(largest, Math.abs(x));
            }
        }
        return largest;
    }

    @Override
    public String toString() {
        return name;
    }

    private static Path folder() {
        return TestData.root().resolve(FOLDER);
    }
}

package dev.vivace.cli;

import dev.vivace.FormatException;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.tokenizer.Tokenizer;
import dev.vivace.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/// A model file that is only looked at, not run. Owns the open file.
///
/// @param source how the user knows it
/// @param gguf the open file
record ModelFile(String source, Gguf gguf) implements AutoCloseable {
    /// How the model inside the jar is called.
    static final String INSIDE_THE_JAR = "stories260k.gguf (inside the jar)";

    /// The file at `path`.
    static ModelFile open(Path path) {
        return new ModelFile(path.toString(), Gguf.open(path));
    }

    /// The model inside the jar.
    static ModelFile insideTheJar() {
        try (InputStream in = Gguf.class.getResourceAsStream("/dev/vivace/stories260k.gguf")) {
            if (in == null) {
                throw new FormatException("the model inside the jar is missing, expected " + INSIDE_THE_JAR);
            }
            return new ModelFile(INSIDE_THE_JAR, Gguf.read(INSIDE_THE_JAR, in));
        } catch (IOException e) {
            throw new FormatException("the model inside the jar cannot be read: " + e.getMessage(), e);
        }
    }

    /// Its tokenizer.
    Tokenizer tokenizer() {
        return Tokenizers.of(gguf.metadata());
    }

    @Override
    public void close() {
        gguf.close();
    }
}

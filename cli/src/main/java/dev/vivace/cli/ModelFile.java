package dev.vivace.cli;

import dev.vivace.Model;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.tokenizer.Tokenizer;
import dev.vivace.tokenizer.Tokenizers;
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
        return new ModelFile(INSIDE_THE_JAR, Model.builtInFile());
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

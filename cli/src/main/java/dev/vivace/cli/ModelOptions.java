package dev.vivace.cli;

import dev.vivace.LoadOptions;
import dev.vivace.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which model a command works on; the same on every command.
final class ModelOptions {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "GGUF file; default: $VIVACE_MODEL, else the small model inside the jar")
    private @Nullable Path model;

    /// The file that the user names, else the one that the environment names; empty: the model inside the jar.
    Optional<Path> file(Console console) {
        return model != null
                ? Optional.of(model)
                : console.variable("VIVACE_MODEL").map(Path::of);
    }

    /// Opens the model to look at it.
    ModelFile open(Console console) {
        return file(console).map(ModelFile::open).orElseGet(ModelFile::insideTheJar);
    }

    /// Loads the model to run it; says on standard error what is slower or smaller than could be.
    @SuppressWarnings("MustBeClosedChecker") // whoever calls closes it
    Model load(Console console, LoadOptions options) {
        LoadingLine line = new LoadingLine(console);
        LoadOptions told = options.withProgress(line);
        Model loaded;
        try {
            loaded = file(console).map(path -> Model.load(path, told)).orElseGet(() -> Model.builtIn(told));
        } finally {
            line.clear();
        }
        notes(loaded).forEach(note -> console.err().println("vivace: " + note));
        return loaded;
    }

    /// What is slower or smaller than the user may expect, each in one sentence.
    private static List<String> notes(Model model) {
        List<String> notes = new ArrayList<>();
        if (model.kernels().slower()) {
            notes.add(model.kernels().reason());
        }
        if (model.options().context() == 0 && model.context() < model.spec().context()) {
            notes.add("The context is " + model.context() + " of the model's "
                    + model.spec().context() + " positions: more do not fit into memory.");
        }
        return notes;
    }

    /// How the user knows the model.
    String name(Console console) {
        return file(console).map(Path::toString).orElse(ModelFile.INSIDE_THE_JAR);
    }
}

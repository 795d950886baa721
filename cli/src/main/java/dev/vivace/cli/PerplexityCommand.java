package dev.vivace.cli;

import dev.vivace.Model;
import dev.vivace.lab.Perplexity;
import dev.vivace.lab.TextFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `vivace perplexity`: how well a model predicts a text.
@Command(
        name = "perplexity",
        description = {
            "Measures how well a model predicts a text, by llama.cpp's protocol.",
            "The text is cut into chunks of the context size, each starting from an empty cache; the second half of"
                    + " each chunk is scored. What is left over at the end is dropped."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class PerplexityCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final ModelOptions models = new ModelOptions();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "TEXT",
            required = true,
            description = "the text, a file in UTF-8")
    private Path file = Path.of("");

    @Option(
            names = {"-c", "--context"},
            paramLabel = "N",
            description = "tokens of a chunk (${DEFAULT-VALUE})")
    private int context = Perplexity.DEFAULT_CONTEXT;

    @Option(names = "--chunks", paramLabel = "N", description = "score the first N chunks only, 0 for all (0)")
    private int chunks;

    @Option(
            names = "--json",
            description = "print one JSON object; \"tokens\" are those of the whole text, \"scored\" those that count")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "print no progress")
    private boolean quiet;

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    PerplexityCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Perplexity.Options options = new Perplexity.Options(context, chunks);
        String text = TextFile.read(file);
        try (Model model = models.load(console, engine.options(console).withContext(context))) {
            long start = System.nanoTime();
            Perplexity result = Perplexity.of(model, text, options, progress(start));
            double seconds = (System.nanoTime() - start) / 1e9;
            if (json) {
                Json.print(console.out(), object(result, models.name(console), seconds));
            } else {
                console.out().println(line(result, seconds));
                console.out().flush();
            }
        }
        return ExitCode.DONE;
    }

    private Consumer<Perplexity.Progress> progress(long start) {
        if (quiet) {
            return progress -> {};
        }
        ProgressLines lines = new ProgressLines(console.err());
        return progress -> {
            if (progress.chunk() < progress.of()) {
                lines.say(() -> progressLine(progress, System.nanoTime() - start));
            }
        };
    }

    static String progressLine(Perplexity.Progress progress, long nanos) {
        double left = nanos / 1e9 / progress.chunk() * (progress.of() - progress.chunk());
        return String.format(
                Locale.ROOT,
                "chunk %d of %d: perplexity %.4f, about %.0f s left",
                progress.chunk(),
                progress.of(),
                progress.value(),
                left);
    }

    private String line(Perplexity result, double seconds) {
        return String.format(
                Locale.ROOT,
                "perplexity %.4f +/- %.4f over %d tokens in %d chunks of %d (the text has %d tokens; %.1f s)",
                result.value(),
                result.standardError(),
                result.scored(),
                result.chunks(),
                result.context(),
                result.tokens(),
                seconds);
    }

    private ObjectNode object(Perplexity result, String model, double seconds) {
        ObjectNode root = Json.object();
        root.put("perplexity", finite(result.value()));
        root.put("tokens", result.tokens());
        root.put("chunks", result.chunks());
        root.put("scored", result.scored());
        root.put("stderr", finite(result.standardError()));
        root.put("context", result.context());
        root.put("model", model);
        root.put("file", file.toString());
        root.put("seconds", seconds);
        return root;
    }

    /// JSON has no infinity: a model that rules out a token of the text has no perplexity.
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}

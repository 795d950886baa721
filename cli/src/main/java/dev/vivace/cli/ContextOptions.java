package dev.vivace.cli;

import dev.vivace.LoadOptions;
import picocli.CommandLine.Option;

/// How long a text may get; the same on every command that answers.
final class ContextOptions {
    @Option(
            names = {"-c", "--context"},
            paramLabel = "N",
            description = "most positions of a text, 0 for the model's own (0)")
    private int context;

    /// `options` with this context.
    LoadOptions in(LoadOptions options) {
        return options.withContext(context);
    }
}

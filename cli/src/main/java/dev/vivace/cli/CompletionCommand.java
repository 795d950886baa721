package dev.vivace.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `vivace completion`: the script by which bash and zsh complete commands and options.
@Command(
        name = "completion",
        description = {"Prints the completion script for bash and zsh.", "  source <(vivace completion)"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private @Nullable CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("the command runs through picocli alone");
        }
        console.out().print(AutoComplete.bash("vivace", spec.root().commandLine()));
        console.out().flush();
        return ExitCode.DONE;
    }
}

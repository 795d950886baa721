package dev.vivace.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The entry: parses the command line and runs the command it names.
@Command(
        name = "vivace",
        description = "Neural inference from plain Java.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main {
    private Main() {}

    /// Runs the command in `arguments` and ends the Java machine with its exit code: 0 done, 1 failed, 2 wrong usage.
    public static void main(String[] arguments) {
        Stderr.restore();
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}

package dev.vivace.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/// The root of the command line: `vivace` alone shows its help.
@Command(
        name = "vivace",
        description = "Neural inference from plain Java.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  VIVACE_MODEL     the model, where -m is not given",
            "  VIVACE_THREADS   how many threads compute, where --threads is not given",
            "  VIVACE_ISA       the most that kernels may use, where --isa is not given",
            "  VIVACE_TUNING    a tuning file or none, where --tuning is not given",
            "  VIVACE_CACHE     the folder for what is kept between runs (~/.cache/vivace)",
            "  VIVACE_DEBUG=1   shows stack traces",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted."
        })
final class VivaceCommand implements Callable<Integer> {
    private final Console console;

    private VivaceCommand(Console console) {
        this.console = console;
    }

    /// The whole command line over `console`.
    static CommandLine over(Console console) {
        CommandLine root = new CommandLine(new VivaceCommand(console));
        root.addSubcommand(new RunCommand(console));
        root.addSubcommand(new ChatCommand(console));
        root.addSubcommand(new PerplexityCommand(console));
        root.addSubcommand(new BenchCommand(console));
        root.addSubcommand(new InspectCommand(console));
        root.addSubcommand(new TokenizeCommand(console));
        root.addSubcommand(new CompletionCommand(console));
        Failures failures = new Failures(console);
        root.setExecutionExceptionHandler(failures);
        root.setParameterExceptionHandler(failures);
        root.setOut(new PrintWriter(console.out(), true, console.out().charset()));
        root.setErr(new PrintWriter(console.err(), true, console.err().charset()));
        root.setColorScheme(CommandLine.Help.defaultColorScheme(console.isTerminal() ? Ansi.AUTO : Ansi.OFF));
        root.setCaseInsensitiveEnumValuesAllowed(true);
        return root;
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, console.out());
        return ExitCode.USAGE;
    }
}

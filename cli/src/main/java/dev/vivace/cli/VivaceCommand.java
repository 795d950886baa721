package dev.vivace.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
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

    /// A command and how it is made.
    private record Entry(String name, Function<Console, Object> maker) {}

    private static final List<Entry> COMMANDS = List.of(
            new Entry("run", RunCommand::new),
            new Entry("chat", ChatCommand::new),
            new Entry("perplexity", PerplexityCommand::new),
            new Entry("bench", BenchCommand::new),
            new Entry("inspect", InspectCommand::new),
            new Entry("tokenize", TokenizeCommand::new),
            new Entry("completion", CompletionCommand::new));

    /// The command line over `console`, all of it.
    static CommandLine over(Console console) {
        return over(console, COMMANDS);
    }

    /// As much of the command line over `console` as `arguments` need. Where they begin with a command's name that is
    /// one command: to look at all of them takes longer than to load a small model.
    static CommandLine over(Console console, String... arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        if (first.equals("rehearse")) {
            return over(console, List.of(new Entry(first, RehearseCommand::new)));
        }
        boolean whole = first.equals("completion");
        for (Entry entry : COMMANDS) {
            if (!whole && entry.name().equals(first)) {
                return over(console, List.of(entry));
            }
        }
        return over(console);
    }

    private static CommandLine over(Console console, List<Entry> commands) {
        CommandLine root = new CommandLine(new VivaceCommand(console));
        for (Entry entry : commands) {
            root.addSubcommand(entry.maker().apply(console));
        }
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

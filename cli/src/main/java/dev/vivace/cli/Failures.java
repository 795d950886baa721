package dev.vivace.cli;

import dev.vivace.CancelledException;
import dev.vivace.OptionException;
import dev.vivace.VivaceException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns what goes wrong into one sentence on standard error and an exit code.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(ParameterException exception, String[] arguments) {
        console.out().flush();
        CommandLine command = exception.getCommandLine();
        say(String.valueOf(exception.getMessage()));
        UnmatchedArgumentException.printSuggestions(
                exception,
                new java.io.PrintWriter(console.err(), true, console.err().charset()));
        console.err().println("usage: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult result) {
        return report(exception);
    }

    /// Reports `failure` and returns the exit code that it stands for.
    int report(Throwable failure) {
        console.out().flush();
        if (console.isDebug()) {
            failure.printStackTrace(console.err());
        }
        return switch (failure) {
            case VivaceException known -> {
                say(String.valueOf(known.getMessage()));
                yield exitCode(known);
            }
            case OutOfMemoryError memory -> {
                say("out of memory (" + memory.getMessage() + "): give Java more with -Xmx, or ask for less context");
                yield ExitCode.FAILED;
            }
            default -> {
                String message = failure.getMessage() == null ? "" : ": " + failure.getMessage();
                say("unexpected error, a defect of Vivace: "
                        + failure.getClass().getSimpleName() + message + "; set VIVACE_DEBUG=1 to see where");
                yield ExitCode.FAILED;
            }
        };
    }

    private static int exitCode(VivaceException failure) {
        return switch (failure) {
            case OptionException _ -> ExitCode.USAGE;
            case CancelledException _ -> ExitCode.INTERRUPTED;
            case VivaceException _ -> ExitCode.FAILED;
        };
    }

    private void say(String sentence) {
        console.err().println("vivace: " + Printable.line(sentence));
    }
}

package dev.vivace.cli;

/// How the process ends.
final class ExitCode {
    /// Done.
    static final int DONE = 0;

    /// It was asked for rightly and failed.
    static final int FAILED = 1;

    /// It was asked for wrongly.
    static final int USAGE = 2;

    /// The user pressed Ctrl-C: 128 and the signal's number, as shells have it.
    static final int INTERRUPTED = 130;

    /// Nobody reads standard output any more: 128 and the number of the signal that would end another program.
    static final int OUTPUT_CLOSED = 141;

    private ExitCode() {}
}

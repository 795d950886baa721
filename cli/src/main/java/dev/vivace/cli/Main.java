package dev.vivace.cli;

/// The entry: the only place that reads the process's own streams and environment.
public final class Main {
    private Main() {}

    /// Runs the command in `arguments` and ends the Java machine with its exit code: 0 done, 1 failed, 2 wrong usage,
    /// 130 interrupted.
    public static void main(String[] arguments) {
        Stderr.restore();
        System.exit(run(Console.ofProcess(), RawArguments.restore(arguments)));
    }

    /// Runs the command in `arguments` and returns its exit code.
    static int run(Console console, String... arguments) {
        int code;
        try {
            code = VivaceCommand.over(console, arguments).execute(arguments);
        } catch (OutOfMemoryError | StackOverflowError failure) {
            code = new Failures(console).report(failure);
        }
        console.out().flush();
        console.err().flush();
        return code;
    }
}

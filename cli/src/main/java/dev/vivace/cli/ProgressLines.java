package dev.vivace.cli;

import java.io.PrintStream;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Lines on standard error that tell how far a long command is: none in the first two seconds, then one every two
/// seconds at most.
final class ProgressLines {
    private static final long PERIOD_NANOS = 2_000_000_000;

    private final PrintStream err;
    private final LongSupplier clock;
    private long last;

    ProgressLines(PrintStream err) {
        this(err, System::nanoTime);
    }

    ProgressLines(PrintStream err, LongSupplier clock) {
        this.err = err;
        this.clock = clock;
        this.last = clock.getAsLong();
    }

    /// Prints `line` if it is time for one.
    void say(Supplier<String> line) {
        long now = clock.getAsLong();
        if (now - last >= PERIOD_NANOS) {
            last = now;
            err.println(line.get());
        }
    }
}

package dev.vivace.cli;

import dev.vivace.LoadProgress;
import java.util.function.LongSupplier;

/// A line on the terminal that says how far loading is, once it has taken a second; rewritten in place, and gone when
/// the model is loaded. Where nobody looks, nothing is written.
final class LoadingLine implements LoadProgress {
    private static final long QUIET_NANOS = 1_000_000_000;
    private static final long PERIOD_NANOS = 100_000_000;
    private static final String WIPE = "\r\u001b[K";

    private final Console console;
    private final LongSupplier clock;
    private long next;
    private boolean shown;

    LoadingLine(Console console) {
        this(console, System::nanoTime);
    }

    LoadingLine(Console console, LongSupplier clock) {
        this.console = console;
        this.clock = clock;
        this.next = clock.getAsLong() + QUIET_NANOS;
    }

    @Override
    public void loaded(long bytes, long of) {
        long now = clock.getAsLong();
        if (!console.showsProgress() || now - next < 0) {
            return;
        }
        next = now + PERIOD_NANOS;
        shown = true;
        console.err().print(WIPE + "vivace: loading " + 100 * bytes / Math.max(1, of) + "% of " + Sizes.bytes(of));
        console.err().flush();
    }

    /// Takes the line away.
    void clear() {
        if (shown) {
            shown = false;
            console.err().print(WIPE);
            console.err().flush();
        }
    }
}

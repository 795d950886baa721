package dev.vivace.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C (or a request to terminate) while a command works: the work is told to stop, and the process only
/// ends once
/// what was produced is flushed. The Java machine ends with code 130 by itself then.
final class Interruption implements AutoCloseable {
    /// Nobody waits longer for work that does not stop.
    private static final long PATIENCE_SECONDS = 5;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Runnable stop;
    private final Thread hook;
    private volatile boolean requested;

    /// Calls `stop` from another thread when the user interrupts, until [#close].
    Interruption(Runnable stop) {
        this.stop = stop;
        this.hook = new Thread(this::interrupt, "vivace-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether the user has interrupted.
    boolean isRequested() {
        return requested;
    }

    /// The work is done and all output flushed.
    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending: the hook runs or has run.
        }
    }

    private void interrupt() {
        requested = true;
        stop.run();
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("vivace: the work did not stop within " + PATIENCE_SECONDS + " seconds");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

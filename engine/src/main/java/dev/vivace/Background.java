package dev.vivace;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Something made by a thread of its own while the caller goes on; waited for by [#result] or [#close]. For one caller.
final class Background<T> implements AutoCloseable {
    private final Thread thread;
    private @Nullable T made;
    private @Nullable Throwable failure;

    Background(String name, Supplier<T> work) {
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(work));
        thread.start();
    }

    private void run(Supplier<T> work) {
        try {
            made = work.get();
        } catch (RuntimeException | Error caught) {
            failure = caught;
        }
    }

    /// Waits for the result, or fails as the work did.
    T result() {
        close();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (made == null) {
            throw new IllegalStateException(thread.getName() + " made nothing");
        }
        return made;
    }

    /// Waits until the thread has ended, however.
    @Override
    public void close() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

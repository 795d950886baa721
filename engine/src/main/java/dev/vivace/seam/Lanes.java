package dev.vivace.seam;

import java.util.concurrent.Future;

/// Work beside decoding, on threads of its own.
public interface Lanes extends AutoCloseable {
    /// Starts `work`; it must not use the step's workers.
    Future<?> submit(Runnable work);

    /// Waits for what runs and ends the threads; idempotent.
    @Override
    void close();
}

package dev.vivace.runtime;

import dev.vivace.seam.Lanes;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Lanes on daemon threads, one for each piece of work that runs.
final class ThreadLanes implements Lanes {
    private final ExecutorService executor = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("vivace-lane-", 0).factory());

    @Override
    public Future<?> submit(Runnable work) {
        return executor.submit(work);
    }

    @Override
    public void close() {
        executor.close();
    }
}

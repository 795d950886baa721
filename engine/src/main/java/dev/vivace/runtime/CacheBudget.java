package dev.vivace.runtime;

import dev.vivace.CapacityException;
import java.util.concurrent.atomic.AtomicLong;

/// How many bytes the caches of one model may take together. Safe for all threads.
final class CacheBudget {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    CacheBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    void take(long bytes) {
        long used = usedBytes.addAndGet(bytes);
        if (used > limitBytes) {
            usedBytes.addAndGet(-bytes);
            throw new CapacityException("KV cache: " + used / (1 << 20) + " MiB are needed, but only "
                    + limitBytes / (1 << 20) + " MiB may be used: close sessions or shorten the context");
        }
    }

    void give(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    long usedBytes() {
        return usedBytes.get();
    }

    long freeBytes() {
        return limitBytes - usedBytes.get();
    }
}

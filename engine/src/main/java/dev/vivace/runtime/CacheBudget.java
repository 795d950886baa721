package dev.vivace.runtime;

import dev.vivace.CapacityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How many bytes the caches of one model may take together. Pools join it and lock it, so that pages which one
/// pool keeps unused become another's. Safe for all threads.
final class CacheBudget {
    private final long limitBytes;
    private final List<PagePool> pools = new ArrayList<>();
    private long heldBytes;

    CacheBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    synchronized void join(PagePool pool) {
        pools.add(pool);
    }

    synchronized void leave(PagePool pool) {
        pools.remove(pool);
    }

    /// Takes `bytes`, from what pools keep unused if nothing else is left.
    synchronized void take(long bytes) {
        for (int i = 0; i < pools.size() && limitBytes - heldBytes < bytes; i++) {
            pools.get(i).drop(bytes - (limitBytes - heldBytes));
        }
        if (limitBytes - heldBytes < bytes) {
            throw new CapacityException("the sessions' keys and values need " + mib(heldBytes + bytes) + ", but only "
                    + mib(limitBytes) + " may be used: close sessions, shorten the context or allow more memory");
        }
        heldBytes += bytes;
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024));
    }

    synchronized void give(long bytes) {
        heldBytes -= bytes;
    }

    /// Bytes of pages that sequences use now.
    synchronized long usedBytes() {
        long bytes = 0;
        for (int i = 0; i < pools.size(); i++) {
            bytes += pools.get(i).bytesInUse();
        }
        return bytes;
    }

    /// Bytes that sequences may take before the limit is reached.
    long freeBytes() {
        return limitBytes - usedBytes();
    }
}

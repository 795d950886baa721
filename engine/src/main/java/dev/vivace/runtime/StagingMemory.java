package dev.vivace.runtime;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Memory that is handed out piece by piece and taken back all at once, once a layer. Keeps what it has.
final class StagingMemory implements AutoCloseable {
    private static final long SLAB = 1 << 20;

    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> slabs = new ArrayList<>();
    private int slab;
    private long used;

    /// Aligned memory with whatever was there, good until [#reset].
    MemorySegment allocate(long bytes) {
        long size = (bytes + Matrix.ALIGNMENT - 1) / Matrix.ALIGNMENT * Matrix.ALIGNMENT;
        while (slab < slabs.size() && used + size > slabs.get(slab).byteSize()) {
            slab++;
            used = 0;
        }
        if (slab == slabs.size()) {
            slabs.add(arena.allocate(Math.max(SLAB, size), Matrix.ALIGNMENT));
        }
        MemorySegment piece = slabs.get(slab).asSlice(used, bytes);
        used += size;
        return piece;
    }

    void reset() {
        slab = 0;
        used = 0;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}

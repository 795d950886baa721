package dev.vivace.kernel.x86;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory for one model's packed weights. What is smaller than a huge page shares huge pages with its neighbours: a
/// layer's matrices seldom fill one, and on small pages both packing (a fault for each) and decoding (a look-up in the
/// page tables for each) take longer. Owns all of it until closed; safe for all threads.
final class WeightArena implements Arena {
    private static final long CHUNK = 64L << 20;
    private static final long LINE = 64;

    private final Arena owner = Arena.ofShared();
    private MemorySegment chunk = MemorySegment.NULL;
    private long used;

    @Override
    public synchronized MemorySegment allocate(long byteSize, long byteAlignment) {
        long size = (Math.max(1, byteSize) + LINE - 1) / LINE * LINE;
        if (byteAlignment > LINE) {
            return owner.allocate(byteSize, byteAlignment);
        }
        if (size >= NativeMemory.HUGE) {
            return NativeMemory.allocate(byteSize, owner);
        }
        if (used + size > chunk.byteSize()) {
            chunk = NativeMemory.allocate(CHUNK, owner);
            used = 0;
        }
        MemorySegment taken = chunk.asSlice(used, byteSize);
        used += size;
        return taken;
    }

    @Override
    public MemorySegment.Scope scope() {
        return owner.scope();
    }

    @Override
    public void close() {
        owner.close();
    }
}

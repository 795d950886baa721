package dev.vivace.kernel.x86;

import dev.vivace.CapacityException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Large memory for packed weights, straight from the system: not touched before it is written, on huge pages
/// where the system has some.
public final class NativeMemory {
    static final long PAGE = 4096;
    static final long HUGE = 2L << 20;
    private static final int ADVICE_HUGE = 14;
    private static final int ADVICE_NOT_NEEDED = 4;

    private NativeMemory() {}

    /// `bytes` bytes of zeros, aligned to 64 bytes at least, that live as long as `arena`.
    ///
    /// @throws CapacityException if the system has no such memory
    public static MemorySegment allocate(long bytes, Arena arena) {
        if (arena instanceof WeightArena shared) {
            return shared.allocate(bytes, 1);
        }
        boolean huge = bytes >= HUGE;
        long room = huge ? bytes + HUGE : Math.max(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);
        long address = Native.map(room);
        if (address == -1) {
            throw new CapacityException("the system refuses " + room + " bytes of memory for packed weights");
        }
        long from = huge ? (address + HUGE - 1) / HUGE * HUGE : address;
        if (huge) {
            boolean ignored = Native.advise(from, bytes / HUGE * HUGE, ADVICE_HUGE);
        }
        return MemorySegment.ofAddress(from).reinterpret(bytes, arena, gone -> Native.unmap(address, room));
    }

    /// Lets the system take back the memory of whole pages inside `mapped`, a read-only mapping of a file: they
    /// are read again if they are needed again.
    public static void release(MemorySegment mapped) {
        long from = (mapped.address() + PAGE - 1) / PAGE * PAGE;
        long to = (mapped.address() + mapped.byteSize()) / PAGE * PAGE;
        if (mapped.isMapped() && mapped.isReadOnly() && from < to) {
            boolean ignored = Native.advise(from, to - from, ADVICE_NOT_NEEDED);
        }
    }
}

package dev.vivace.kernel.x86;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.x86.asm.Code;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Puts kernels where the processor can run them. Memory is never writable and executable at once: it is mapped
/// writable, filled, then made executable and read-only. A page that nothing may touch follows.
final class CodeMemory {
    private static final int NO_ACCESS = 0;
    private static final int READ_EXECUTE = 5;

    private CodeMemory() {}

    /// The code, ready to run; it lives as long as `arena`.
    ///
    /// @throws UnsupportedException if the system forbids executable memory, as hardened ones do
    static MemorySegment load(Code code, Arena arena) {
        long bytes = (code.bytes().length + NativeMemory.PAGE - 1) / NativeMemory.PAGE * NativeMemory.PAGE;
        long room = bytes + NativeMemory.PAGE;
        long address = Native.map(room);
        if (address == -1) {
            throw new UnsupportedException("the system refuses memory for machine code");
        }
        MemorySegment target = MemorySegment.ofAddress(address).reinterpret(bytes);
        MemorySegment.copy(code.bytes(), 0, target, ValueLayout.JAVA_BYTE, 0, code.bytes().length);
        boolean ready = Native.protect(address, bytes, READ_EXECUTE)
                && Native.protect(address + bytes, NativeMemory.PAGE, NO_ACCESS);
        if (!ready) {
            Native.unmap(address, room);
            throw new UnsupportedException("the system forbids executable memory");
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, gone -> Native.unmap(address, room));
    }
}

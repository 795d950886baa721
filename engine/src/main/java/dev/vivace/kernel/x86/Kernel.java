package dev.vivace.kernel.x86;

import dev.vivace.kernel.x86.asm.CallingConvention;
import dev.vivace.kernel.x86.asm.Code;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One emitted kernel, made when it is first called. Kernels are like classes: made once, kept for good.
/// Safe for all threads; a race at the first call only makes it twice.
public final class Kernel {
    private final Supplier<Code> emitter;
    private volatile @Nullable MemorySegment code;

    /// @param emitter writes the code; called at the first call, by several threads at worst
    public Kernel(Supplier<Code> emitter) {
        this.emitter = emitter;
    }

    /// Runs it with six arguments in the registers of the System V convention: RDI, RSI, RDX, RCX, R8, R9.
    ///
    /// @return what the kernel leaves in RAX; means something only where it says so
    public long call(long a, long b, long c, long d, long e, long f) {
        MemorySegment ready = code;
        return Native.call(ready == null ? load() : ready, a, b, c, d, e, f);
    }

    private MemorySegment load() {
        Code written = emitter.get();
        assert CallingConvention.breach(written).isEmpty() : CallingConvention.breach(written);
        MemorySegment ready = CodeMemory.load(written, Arena.global());
        code = ready;
        return ready;
    }
}

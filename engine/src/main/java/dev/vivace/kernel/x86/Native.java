package dev.vivace.kernel.x86;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Calls out of Java: the few functions of the C library that memory and tiles need, and emitted code.
///
/// All go through one handle, since making one is the dearest part of a start: an address, six numbers in the registers
/// of the System V convention (RDI, RSI, RDX, RCX, R8, R9), a number back in RAX. A function that takes an `int` reads
/// the lower half of its register; one that takes fewer leaves the others alone. The handle is critical, so that a call
/// costs some nanoseconds: kernels are short, and so are the system calls made here.
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALL = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.critical(false));
    private static final MemorySegment MMAP = function("mmap");
    private static final MemorySegment MUNMAP = function("munmap");
    private static final MemorySegment MPROTECT = function("mprotect");
    private static final MemorySegment MADVISE = function("madvise");

    private Native() {}

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    /// Runs emitted code with six arguments in the registers of the System V convention: RDI, RSI, RDX, RCX, R8,
    /// R9. What it leaves in RAX means nothing where it gives no result.
    static long call(MemorySegment code, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(code, a, b, c, d, e, f);
        } catch (Throwable unexpected) {
            throw new AssertionError("native code throws nothing", unexpected);
        }
    }

    /// Maps `bytes` bytes of private memory of zeros, readable and writable, or gives -1.
    static long map(long bytes) {
        // PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS
        return call(MMAP, 0, bytes, 3, 0x22, -1, 0);
    }

    static void unmap(long address, long bytes) {
        long ignored = call(MUNMAP, address, bytes, 0, 0, 0, 0);
    }

    /// Sets what may be done with pages: 0 nothing, 1 read, 3 read and write, 5 read and execute. Whether the
    /// system agreed.
    static boolean protect(long address, long bytes, int access) {
        return (int) call(MPROTECT, address, bytes, access, 0, 0, 0) == 0;
    }

    /// Tells the system how pages will be used: 4 not for now, 14 as huge pages. Whether it took the advice.
    static boolean advise(long address, long bytes, int advice) {
        return (int) call(MADVISE, address, bytes, advice, 0, 0, 0) == 0;
    }

    /// A system call of two arguments.
    static long system(long number, long a, long b) {
        return call(function("syscall"), number, a, b, 0, 0, 0);
    }
}

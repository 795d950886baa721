package dev.vivace.kernel.x86;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Calls out of Java: the few functions of the C library that memory and tiles need, and emitted code.
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MMAP = function(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            function("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MADVISE =
            function("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));

    /// Emitted code: an address and six numbers. Critical, so that a call costs some nanoseconds; kernels are
    /// short.
    private static final MethodHandle CODE = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.critical(false));

    private Native() {}

    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    /// Runs emitted code with six arguments in the registers of the System V convention: RDI, RSI, RDX, RCX, R8,
    /// R9. What it leaves in RAX comes back.
    static long call(MemorySegment code, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CODE.invokeExact(code, a, b, c, d, e, f);
        } catch (Throwable unexpected) {
            throw new AssertionError("emitted code throws nothing", unexpected);
        }
    }

    /// Maps `bytes` bytes of private memory of zeros, readable and writable, or gives -1.
    static long map(long bytes) {
        try {
            // PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS
            return (long) MMAP.invokeExact(0L, bytes, 3, 0x22, -1, 0L);
        } catch (Throwable unexpected) {
            throw new AssertionError("mmap throws nothing", unexpected);
        }
    }

    static void unmap(long address, long bytes) {
        try {
            int ignored = (int) MUNMAP.invokeExact(address, bytes);
        } catch (Throwable unexpected) {
            throw new AssertionError("munmap throws nothing", unexpected);
        }
    }

    /// Sets what may be done with pages: 0 nothing, 1 read, 3 read and write, 5 read and execute. Whether the
    /// system agreed.
    static boolean protect(long address, long bytes, int access) {
        try {
            return (int) MPROTECT.invokeExact(address, bytes, access) == 0;
        } catch (Throwable unexpected) {
            throw new AssertionError("mprotect throws nothing", unexpected);
        }
    }

    /// Tells the system how pages will be used: 4 not for now, 14 as huge pages. Whether it took the advice.
    static boolean advise(long address, long bytes, int advice) {
        try {
            return (int) MADVISE.invokeExact(address, bytes, advice) == 0;
        } catch (Throwable unexpected) {
            throw new AssertionError("madvise throws nothing", unexpected);
        }
    }

    /// A system call of two arguments.
    static long system(long number, long a, long b) {
        try {
            return (long) SYSCALL.invokeExact(number, a, b);
        } catch (Throwable unexpected) {
            throw new AssertionError("syscall throws nothing", unexpected);
        }
    }
}

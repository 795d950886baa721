package dev.vivace.kernel.x86;

import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory with a page behind it that nothing may touch: code that reads or writes past the end dies there.
public final class GuardedMemory {
    private static final int NO_ACCESS = 0;

    private GuardedMemory() {}

    /// `bytes` bytes of zeros whose last is the last before the guard page; they live as long as `arena`.
    public static MemorySegment allocate(Arena arena, long bytes) {
        long page = NativeMemory.PAGE;
        long usable = Math.max(1, (bytes + page - 1) / page) * page;
        long address = Native.map(usable + page);
        if (address == -1 || !Native.protect(address + usable, page, NO_ACCESS)) {
            throw new AssertionError("the system refuses a guard page");
        }
        return MemorySegment.ofAddress(address + usable - bytes)
                .reinterpret(bytes, arena, gone -> Native.unmap(address, usable + page));
    }

    /// A matrix of zeros whose last element is the last before the guard page: what pads its last row lies in
    /// the guard page.
    public static Matrix matrix(Arena arena, int rows, int columns) {
        int stride = Matrix.strideOf(columns);
        MemorySegment memory = allocate(arena, 4L * (rows - 1) * stride + 4L * columns);
        return new Matrix(memory.reinterpret(4L * rows * stride), rows, columns, stride);
    }

    /// A copy of `matrix` that ends at a guard page.
    public static Matrix copy(Arena arena, Matrix matrix) {
        Matrix copy = matrix(arena, matrix.rows(), matrix.columns());
        for (int r = 0; r < matrix.rows(); r++) {
            MemorySegment.copy(matrix.data(), matrix.offset(r), copy.data(), copy.offset(r), 4L * matrix.columns());
        }
        return copy;
    }

    /// A copy of `segment` that ends at a guard page.
    public static MemorySegment copy(Arena arena, MemorySegment segment) {
        MemorySegment copy = allocate(arena, segment.byteSize());
        copy.copyFrom(segment);
        return copy;
    }
}

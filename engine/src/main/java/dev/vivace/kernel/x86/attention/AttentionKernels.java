package dev.vivace.kernel.x86.attention;

import dev.vivace.kernel.AttentionSpan;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.kernel.x86.Target;

/// Softmax attention over spans of the cache.
public final class AttentionKernels {
    private final ScalarKernels scalar = new ScalarKernels();

    /// @param target what may be emitted
    public AttentionKernels(Target target) {}

    /// Bytes of scratch that a worker brings for heads of up to `headDim` elements.
    public long scratchBytes(int headDim) {
        return scalar.scratchBytes(1, headDim);
    }

    /// See [dev.vivace.kernel.Kernels#attend].
    public void attend(AttentionSpan span) {
        scalar.attend(span);
    }

    /// See [dev.vivace.kernel.Kernels#merge].
    public void merge( MemorySegment out, long outOffset, MemorySegment lse, long lseOffset, MemorySegment out2, long out2Offset, MemorySegment lse2, long lse2Offset, int n) {
        scalar.merge(out, outOffset, lse, lseOffset, out2, out2Offset, lse2, lse2Offset, n);
    }

    /// See [dev.vivace.kernel.Kernels#scores].
    public void scores( Matrix queries, int row, int head, KvBlocks kv, int kvHead, float scale, float softcap, int from, int to, MemorySegment out, long offset) {
        scalar.scores(queries, row, head, kv, kvHead, scale, softcap, from, to, out, offset);
    }
}

package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.SUMS;
import static dev.vivace.kernel.vector.Lanes.SWAP1;
import static dev.vivace.kernel.vector.Lanes.SWAP2;
import static dev.vivace.kernel.vector.Lanes.SWAP4;
import static dev.vivace.kernel.vector.Lanes.SWAP8;
import static dev.vivace.kernel.vector.Lanes.VECTOR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// bfloat16: the upper halves of f32.
///
/// One accumulator takes vectors of elements in order; what is less than a vector is added at the end, one by
/// one.
final class Bf16Rows extends RowFormat {
    private static final int BYTES = 2;

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        int k = 0;
        for (; k <= n - L; k += L) {
            Lanes.brains(w, at + 2L * k).intoMemorySegment(out, to + 4L * k, LE);
        }
        for (; k < n; k++) {
            Lanes.put(out, to + 4L * k, Lanes.brain(w, at + (long) BYTES * k));
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n, MemorySegment scratch) {
        FloatVector a = FloatVector.zero(F);
        int k = 0;
        for (; k <= n - L; k += L) {
            FloatVector v = Lanes.brains(w, at + 2L * k);
            a = v.fma(FloatVector.fromMemorySegment(F, x, xAt + 4L * k, LE), a);
        }
        if (L > 8) {
            a = a.add(a.rearrange(SWAP8));
        }
        if (L > 4) {
            a = a.add(a.rearrange(SWAP4));
        }
        a = a.add(a.rearrange(SWAP2));
        a = a.add(a.rearrange(SWAP1));
        return tail(w, at, x, xAt, k, n, a.lane(0));
    }

    @Override
    void dot4(
            MemorySegment w,
            long at,
            MemorySegment x,
            long xAt,
            long xStep,
            int n,
            MemorySegment y,
            long yAt,
            long yStep,
            MemorySegment scratch) {
        FloatVector a0 = FloatVector.zero(F), a1 = a0, a2 = a0, a3 = a0;
        int k = 0;
        for (; k <= n - L; k += L) {
            FloatVector v = Lanes.brains(w, at + 2L * k);
            long q = xAt + 4L * k;
            a0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), a0);
            a1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), a1);
            a2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), a2);
            a3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), a3);
        }
        a0.intoMemorySegment(scratch, SUMS, LE);
        a1.intoMemorySegment(scratch, SUMS + VECTOR, LE);
        a2.intoMemorySegment(scratch, SUMS + 2 * VECTOR, LE);
        a3.intoMemorySegment(scratch, SUMS + 3 * VECTOR, LE);
        for (int r = 0; r < 4; r++) {
            float sum = tail(w, at, x, xAt + r * xStep, k, n, Lanes.sum(scratch, SUMS + r * VECTOR));
            Lanes.put(y, yAt + r * yStep, sum);
        }
    }

    private static float tail(MemorySegment w, long at, MemorySegment x, long xAt, int from, int n, float sum) {
        for (int k = from; k < n; k++) {
            sum = Math.fma(Lanes.brain(w, at + (long) BYTES * k), Lanes.float32(x, xAt + 4L * k), sum);
        }
        return sum;
    }
}

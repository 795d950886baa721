package dev.vivace.kernel.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// bfloat16: the upper halves of f32.
///
/// Vectors of elements go in turn to two accumulators; what is less than a vector is added at the end, one by one.
final class Bf16Rows extends RowFormat {
    private static final int BYTES = 2;
    private static final int STEP = Lanes.L * BYTES;

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        int k = 0;
        for (; k <= n - Lanes.L; k += Lanes.L) {
            Lanes.store(Lanes.brains(w, at + (long) BYTES * k), out, to + 4L * k);
        }
        for (; k < n; k++) {
            Lanes.put(out, to + 4L * k, Lanes.brain(w, at + (long) BYTES * k));
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n) {
        FloatVector a = FloatVector.zero(Lanes.F);
        FloatVector b = a;
        int k = 0;
        for (; k <= n - 2 * Lanes.L; k += 2 * Lanes.L) {
            long p = at + (long) BYTES * k;
            long q = xAt + 4L * k;
            a = Lanes.brains(w, p).fma(Lanes.load(x, q), a);
            b = Lanes.brains(w, p + STEP).fma(Lanes.load(x, q + 4 * Lanes.L), b);
        }
        if (k <= n - Lanes.L) {
            a = Lanes.brains(w, at + (long) BYTES * k).fma(Lanes.load(x, xAt + 4L * k), a);
            k += Lanes.L;
        }
        return tail(w, at, x, xAt, k, n, Lanes.sum(a.add(b)));
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
            long yStep) {
        FloatVector a0 = FloatVector.zero(Lanes.F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        int k = 0;
        for (; k <= n - 2 * Lanes.L; k += 2 * Lanes.L) {
            long p = at + (long) BYTES * k;
            long q = xAt + 4L * k;
            FloatVector u = Lanes.brains(w, p);
            FloatVector v = Lanes.brains(w, p + STEP);
            a0 = u.fma(Lanes.load(x, q), a0);
            a1 = u.fma(Lanes.load(x, q + xStep), a1);
            a2 = u.fma(Lanes.load(x, q + 2 * xStep), a2);
            a3 = u.fma(Lanes.load(x, q + 3 * xStep), a3);
            q += 4 * Lanes.L;
            b0 = v.fma(Lanes.load(x, q), b0);
            b1 = v.fma(Lanes.load(x, q + xStep), b1);
            b2 = v.fma(Lanes.load(x, q + 2 * xStep), b2);
            b3 = v.fma(Lanes.load(x, q + 3 * xStep), b3);
        }
        if (k <= n - Lanes.L) {
            long q = xAt + 4L * k;
            FloatVector u = Lanes.brains(w, at + (long) BYTES * k);
            a0 = u.fma(Lanes.load(x, q), a0);
            a1 = u.fma(Lanes.load(x, q + xStep), a1);
            a2 = u.fma(Lanes.load(x, q + 2 * xStep), a2);
            a3 = u.fma(Lanes.load(x, q + 3 * xStep), a3);
            k += Lanes.L;
        }
        Lanes.put(y, yAt, tail(w, at, x, xAt, k, n, Lanes.sum(a0.add(b0))));
        Lanes.put(y, yAt + yStep, tail(w, at, x, xAt + xStep, k, n, Lanes.sum(a1.add(b1))));
        Lanes.put(y, yAt + 2 * yStep, tail(w, at, x, xAt + 2 * xStep, k, n, Lanes.sum(a2.add(b2))));
        Lanes.put(y, yAt + 3 * yStep, tail(w, at, x, xAt + 3 * xStep, k, n, Lanes.sum(a3.add(b3))));
    }

    private static float tail(MemorySegment w, long at, MemorySegment x, long xAt, int from, int n, float sum) {
        for (int k = from; k < n; k++) {
            sum = Math.fma(Lanes.brain(w, at + (long) BYTES * k), Lanes.float32(x, xAt + 4L * k), sum);
        }
        return sum;
    }
}

package dev.vivace.kernel.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Q8_0: 34 bytes for 32 elements: f16 `d`, 32 signed bytes `q`; `x = d * q`.
///
/// Elements 0..15 of a block go to one accumulator, 16..31 to another.
final class Q8Rows extends RowFormat {
    private static final int SIZE = 32;
    private static final int BYTES = 34;

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        long block = at;
        for (long p = to; p < to + 4L * n; p += 4 * SIZE) {
            float d = Lanes.half(w, block);
            for (int j = 0; j < 16; j += Lanes.L) {
                long bytes = block + 2 + j;
                Lanes.store(scaled(w, bytes, d), out, p + 4L * j);
                Lanes.store(scaled(w, bytes + 16, d), out, p + 64 + 4L * j);
            }
            block += BYTES;
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n) {
        FloatVector a = FloatVector.zero(Lanes.F);
        FloatVector b = FloatVector.zero(Lanes.F);
        long block = at;
        for (long p = xAt; p < xAt + 4L * n; p += 4 * SIZE) {
            float d = Lanes.half(w, block);
            for (int j = 0; j < 16; j += Lanes.L) {
                long bytes = block + 2 + j;
                long q = p + 4L * j;
                a = scaled(w, bytes, d).fma(Lanes.load(x, q), a);
                b = scaled(w, bytes + 16, d).fma(Lanes.load(x, q + 64), b);
            }
            block += BYTES;
        }
        return Lanes.sum(a.add(b));
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
        long block = at;
        for (long p = xAt; p < xAt + 4L * n; p += 4 * SIZE) {
            float d = Lanes.half(w, block);
            for (int j = 0; j < 16; j += Lanes.L) {
                long bytes = block + 2 + j;
                FloatVector u = scaled(w, bytes, d);
                FloatVector v = scaled(w, bytes + 16, d);
                long q = p + 4L * j;
                a0 = u.fma(Lanes.load(x, q), a0);
                a1 = u.fma(Lanes.load(x, q + xStep), a1);
                a2 = u.fma(Lanes.load(x, q + 2 * xStep), a2);
                a3 = u.fma(Lanes.load(x, q + 3 * xStep), a3);
                b0 = v.fma(Lanes.load(x, q + 64), b0);
                b1 = v.fma(Lanes.load(x, q + 64 + xStep), b1);
                b2 = v.fma(Lanes.load(x, q + 64 + 2 * xStep), b2);
                b3 = v.fma(Lanes.load(x, q + 64 + 3 * xStep), b3);
            }
            block += BYTES;
        }
        Lanes.put(y, yAt, Lanes.sum(a0.add(b0)));
        Lanes.put(y, yAt + yStep, Lanes.sum(a1.add(b1)));
        Lanes.put(y, yAt + 2 * yStep, Lanes.sum(a2.add(b2)));
        Lanes.put(y, yAt + 3 * yStep, Lanes.sum(a3.add(b3)));
    }

    private static FloatVector scaled(MemorySegment w, long bytes, float d) {
        return Lanes.toFloat(Lanes.signedBytes(w, bytes)).mul(d);
    }
}

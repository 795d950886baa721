package dev.vivace.kernel.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Q5_1: 24 bytes for 32 elements: f16 `d`, f16 `m`, 32 fifth bits, 16 bytes; byte `i` holds the lower four bits of
/// `q[i]` low and of `q[i + 16]` high; `x = d * q + m`.
///
/// Elements 0..15 of a block go to one accumulator, 16..31 to another.
final class Q5AffineRows extends RowFormat {
    private static final int SIZE = 32;
    private static final int BYTES = 24;

    private static final IntVector TURN_LOW = Lanes.IOTA.sub(4);
    private static final IntVector TURN_HIGH = Lanes.IOTA.add(12);

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        long block = at;
        for (long p = to; p < to + 4L * n; p += 4 * SIZE) {
            FloatVector d = FloatVector.broadcast(Lanes.F, Lanes.half(w, block));
            FloatVector m = FloatVector.broadcast(Lanes.F, Lanes.half(w, block + 2));
            int fifths = Lanes.int32(w, block + 4);
            for (int j = 0; j < 16; j += Lanes.L) {
                IntVector pair = Lanes.unsignedBytes(w, block + 8 + j);
                int fifth = fifths >>> j;
                Lanes.store(
                        Lanes.toFloat(pair.and(15).or(fifth(fifth, TURN_LOW))).fma(d, m), out, p + 4L * j);
                Lanes.store(
                        Lanes.toFloat(pair.lanewise(VectorOperators.LSHR, 4).or(fifth(fifth, TURN_HIGH)))
                                .fma(d, m),
                        out,
                        p + 64 + 4L * j);
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
            FloatVector d = FloatVector.broadcast(Lanes.F, Lanes.half(w, block));
            FloatVector m = FloatVector.broadcast(Lanes.F, Lanes.half(w, block + 2));
            int fifths = Lanes.int32(w, block + 4);
            for (int j = 0; j < 16; j += Lanes.L) {
                IntVector pair = Lanes.unsignedBytes(w, block + 8 + j);
                int fifth = fifths >>> j;
                long q = p + 4L * j;
                a = Lanes.toFloat(pair.and(15).or(fifth(fifth, TURN_LOW)))
                        .fma(d, m)
                        .fma(Lanes.load(x, q), a);
                b = Lanes.toFloat(pair.lanewise(VectorOperators.LSHR, 4).or(fifth(fifth, TURN_HIGH)))
                        .fma(d, m)
                        .fma(Lanes.load(x, q + 64), b);
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
            FloatVector d = FloatVector.broadcast(Lanes.F, Lanes.half(w, block));
            FloatVector m = FloatVector.broadcast(Lanes.F, Lanes.half(w, block + 2));
            int fifths = Lanes.int32(w, block + 4);
            for (int j = 0; j < 16; j += Lanes.L) {
                IntVector pair = Lanes.unsignedBytes(w, block + 8 + j);
                int fifth = fifths >>> j;
                FloatVector u =
                        Lanes.toFloat(pair.and(15).or(fifth(fifth, TURN_LOW))).fma(d, m);
                FloatVector v = Lanes.toFloat(
                                pair.lanewise(VectorOperators.LSHR, 4).or(fifth(fifth, TURN_HIGH)))
                        .fma(d, m);
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

    /// Bit `lane` of `fifth`, or bit `lane + 16` for the turn that starts there, as 0 or 16.
    private static IntVector fifth(int fifth, IntVector turn) {
        return IntVector.broadcast(Lanes.I, fifth)
                .lanewise(VectorOperators.ROR, turn)
                .and(16);
    }
}

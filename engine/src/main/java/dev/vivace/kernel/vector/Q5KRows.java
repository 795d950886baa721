package dev.vivace.kernel.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Q5_K: 176 bytes for 256 elements: as Q4_K, with 32 bytes of fifth bits before the levels; bit `j` of byte `i`
/// belongs to element
/// `i` of sub-block `j`; `x = d s q - dmin m`.
///
/// Each group of 64 elements takes its lower 32 to one accumulator and its upper 32 to another.
final class Q5KRows extends RowFormat {
    private static final int SIZE = 256;
    private static final int BYTES = 176;
    private static final int SCALES = 4;
    private static final int FIFTHS = 16;
    private static final int LEVELS = 48;

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        long block = at;
        for (long p = to; p < to + 4L * n; p += 4 * SIZE) {
            decodeBlock(w, block, out, p);
            block += BYTES;
        }
    }

    private static void decodeBlock(MemorySegment w, long block, MemorySegment out, long to) {
        float d = Lanes.half(w, block);
        float dmin = Lanes.half(w, block + 2);
        long scales = SixBits.scales(w, block + SCALES);
        long minima = SixBits.minima(w, block + SCALES);
        for (int g = 0; g < 4; g++) {
            FloatVector s0 = SixBits.times(d, scales, 2 * g);
            FloatVector s1 = SixBits.times(d, scales, 2 * g + 1);
            FloatVector m0 = SixBits.times(-dmin, minima, 2 * g);
            FloatVector m1 = SixBits.times(-dmin, minima, 2 * g + 1);
            for (int i = 0; i < 32; i += Lanes.L) {
                IntVector pair = Lanes.unsignedBytes(w, block + LEVELS + 32 * g + i);
                IntVector fifths = Lanes.unsignedBytes(w, block + FIFTHS + i).lanewise(VectorOperators.LSHR, 2 * g);
                long p = to + 256L * g + 4L * i;
                Lanes.store(
                        Lanes.toFloat(pair.and(15).or(fifths.and(1).lanewise(VectorOperators.LSHL, 4)))
                                .fma(s0, m0),
                        out,
                        p);
                Lanes.store(
                        Lanes.toFloat(pair.lanewise(VectorOperators.LSHR, 4)
                                        .or(fifths.and(2).lanewise(VectorOperators.LSHL, 3)))
                                .fma(s1, m1),
                        out,
                        p + 128);
            }
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n) {
        FloatVector a = FloatVector.zero(Lanes.F);
        FloatVector b = a;
        long block = at;
        for (long p = xAt; p < xAt + 4L * n; p += 4 * SIZE) {
            float d = Lanes.half(w, block);
            float dmin = Lanes.half(w, block + 2);
            long scales = SixBits.scales(w, block + SCALES);
            long minima = SixBits.minima(w, block + SCALES);
            for (int g = 0; g < 4; g++) {
                FloatVector s0 = SixBits.times(d, scales, 2 * g);
                FloatVector s1 = SixBits.times(d, scales, 2 * g + 1);
                FloatVector m0 = SixBits.times(-dmin, minima, 2 * g);
                FloatVector m1 = SixBits.times(-dmin, minima, 2 * g + 1);
                for (int i = 0; i < 32; i += Lanes.L) {
                    IntVector pair = Lanes.unsignedBytes(w, block + LEVELS + 32 * g + i);
                    IntVector fifths =
                            Lanes.unsignedBytes(w, block + FIFTHS + i).lanewise(VectorOperators.LSHR, 2 * g);
                    long q = p + 256L * g + 4L * i;
                    a = Lanes.toFloat(pair.and(15).or(fifths.and(1).lanewise(VectorOperators.LSHL, 4)))
                            .fma(s0, m0)
                            .fma(Lanes.load(x, q), a);
                    b = Lanes.toFloat(pair.lanewise(VectorOperators.LSHR, 4)
                                    .or(fifths.and(2).lanewise(VectorOperators.LSHL, 3)))
                            .fma(s1, m1)
                            .fma(Lanes.load(x, q + 128), b);
                }
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
            float dmin = Lanes.half(w, block + 2);
            long scales = SixBits.scales(w, block + SCALES);
            long minima = SixBits.minima(w, block + SCALES);
            for (int g = 0; g < 4; g++) {
                FloatVector s0 = SixBits.times(d, scales, 2 * g);
                FloatVector s1 = SixBits.times(d, scales, 2 * g + 1);
                FloatVector m0 = SixBits.times(-dmin, minima, 2 * g);
                FloatVector m1 = SixBits.times(-dmin, minima, 2 * g + 1);
                for (int i = 0; i < 32; i += Lanes.L) {
                    IntVector pair = Lanes.unsignedBytes(w, block + LEVELS + 32 * g + i);
                    IntVector fifths =
                            Lanes.unsignedBytes(w, block + FIFTHS + i).lanewise(VectorOperators.LSHR, 2 * g);
                    FloatVector u = Lanes.toFloat(pair.and(15).or(fifths.and(1).lanewise(VectorOperators.LSHL, 4)))
                            .fma(s0, m0);
                    FloatVector v = Lanes.toFloat(pair.lanewise(VectorOperators.LSHR, 4)
                                    .or(fifths.and(2).lanewise(VectorOperators.LSHL, 3)))
                            .fma(s1, m1);
                    long q = p + 256L * g + 4L * i;
                    a0 = u.fma(Lanes.load(x, q), a0);
                    a1 = u.fma(Lanes.load(x, q + xStep), a1);
                    a2 = u.fma(Lanes.load(x, q + 2 * xStep), a2);
                    a3 = u.fma(Lanes.load(x, q + 3 * xStep), a3);
                    q += 128;
                    b0 = v.fma(Lanes.load(x, q), b0);
                    b1 = v.fma(Lanes.load(x, q + xStep), b1);
                    b2 = v.fma(Lanes.load(x, q + 2 * xStep), b2);
                    b3 = v.fma(Lanes.load(x, q + 3 * xStep), b3);
                }
            }
            block += BYTES;
        }
        Lanes.put(y, yAt, Lanes.sum(a0.add(b0)));
        Lanes.put(y, yAt + yStep, Lanes.sum(a1.add(b1)));
        Lanes.put(y, yAt + 2 * yStep, Lanes.sum(a2.add(b2)));
        Lanes.put(y, yAt + 3 * yStep, Lanes.sum(a3.add(b3)));
    }
}

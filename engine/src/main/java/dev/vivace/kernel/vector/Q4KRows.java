package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.B;
import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.I;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.LE16;
import static dev.vivace.kernel.vector.Lanes.LE64;
import static dev.vivace.kernel.vector.Lanes.SUMS;
import static dev.vivace.kernel.vector.Lanes.SWAP1;
import static dev.vivace.kernel.vector.Lanes.SWAP2;
import static dev.vivace.kernel.vector.Lanes.SWAP4;
import static dev.vivace.kernel.vector.Lanes.SWAP8;
import static dev.vivace.kernel.vector.Lanes.TABLE;
import static dev.vivace.kernel.vector.Lanes.VECTOR;
import static dev.vivace.kernel.vector.Lanes.spread;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Q4_K: 144 bytes for 256 elements: f16 `d`, f16 `dmin`, 12 bytes of [SixBits], four groups of 32 bytes whose
/// low nibbles are sub-block `2g` and whose high nibbles are `2g + 1`; `x = d s q - dmin m`.
///
/// Each group of 64 elements takes its lower 32 to one accumulator and its upper 32 to another.
final class Q4KRows extends RowFormat {
    private static final int BYTES = 144;
    private static final int PACKED = 4;
    private static final int LEVELS = 16;

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        long block = at;
        for (long p = to; p < to + 4L * n; p += 1024) {
            float d = Float.float16ToFloat(w.get(LE16, block));
            float dmin = Float.float16ToFloat(w.get(LE16, block + 2));
            long scales = SixBits.scales(w, block + PACKED);
            long minima = SixBits.minima(w, block + PACKED);
            for (int g = 0; g < 4; g++) {
                FloatVector s0 = FloatVector.broadcast(F, d * SixBits.number(scales, 2 * g));
                FloatVector s1 = FloatVector.broadcast(F, d * SixBits.number(scales, 2 * g + 1));
                FloatVector m0 = FloatVector.broadcast(F, -dmin * SixBits.number(minima, 2 * g));
                FloatVector m1 = FloatVector.broadcast(F, -dmin * SixBits.number(minima, 2 * g + 1));
                for (int i = 0; i < 32; i += L) {
                    IntVector pair = L < 8
                            ? spread(w, block + LEVELS + 32 * g + i)
                            : (IntVector) ByteVector.fromMemorySegment(B, w, block + LEVELS + 32 * g + i, LE)
                                    .convertShape(ZERO_EXTEND_B2I, I, 0);
                    long q = p + 256L * g + 4L * i;
                    ((FloatVector) pair.and(15).convert(I2F, 0)).fma(s0, m0).intoMemorySegment(out, q, LE);
                    ((FloatVector) pair.lanewise(LSHR, 4).convert(I2F, 0))
                            .fma(s1, m1)
                            .intoMemorySegment(out, q + 128, LE);
                }
            }
            block += BYTES;
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n, MemorySegment scratch) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        SixBits.unpack(w, at, BYTES, n, scratch);
        for (int group = 0; group < n / 64; group++) {
            long block = at + (long) BYTES * (group >> 2);
            int g = group & 3;
            long scales = scratch.get(LE64, TABLE + 64L * (group >> 2) + 8 * g);
            long minima = scratch.get(LE64, TABLE + 64L * (group >> 2) + 8 * g + 32);
            FloatVector s0 = FloatVector.broadcast(F, Float.intBitsToFloat((int) scales));
            FloatVector s1 = FloatVector.broadcast(F, Float.intBitsToFloat((int) (scales >>> 32)));
            FloatVector m0 = FloatVector.broadcast(F, Float.intBitsToFloat((int) minima));
            FloatVector m1 = FloatVector.broadcast(F, Float.intBitsToFloat((int) (minima >>> 32)));
            long p = xAt + 256L * group;
            for (int i = 0; i < 32; i += L) {
                IntVector pair = L < 8
                        ? spread(w, block + LEVELS + 32 * g + i)
                        : (IntVector) ByteVector.fromMemorySegment(B, w, block + LEVELS + 32 * g + i, LE)
                                .convertShape(ZERO_EXTEND_B2I, I, 0);
                long q = p + 4L * i;
                a = ((FloatVector) pair.and(15).convert(I2F, 0))
                        .fma(s0, m0)
                        .fma(FloatVector.fromMemorySegment(F, x, q, LE), a);
                b = ((FloatVector) pair.lanewise(LSHR, 4).convert(I2F, 0))
                        .fma(s1, m1)
                        .fma(FloatVector.fromMemorySegment(F, x, q + 128, LE), b);
            }
        }
        a = a.add(b);
        if (L > 8) {
            a = a.add(a.rearrange(SWAP8));
        }
        if (L > 4) {
            a = a.add(a.rearrange(SWAP4));
        }
        a = a.add(a.rearrange(SWAP2));
        a = a.add(a.rearrange(SWAP1));
        return a.lane(0);
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
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        SixBits.unpack(w, at, BYTES, n, scratch);
        for (int group = 0; group < n / 64; group++) {
            long block = at + (long) BYTES * (group >> 2);
            int g = group & 3;
            long scales = scratch.get(LE64, TABLE + 64L * (group >> 2) + 8 * g);
            long minima = scratch.get(LE64, TABLE + 64L * (group >> 2) + 8 * g + 32);
            FloatVector s0 = FloatVector.broadcast(F, Float.intBitsToFloat((int) scales));
            FloatVector s1 = FloatVector.broadcast(F, Float.intBitsToFloat((int) (scales >>> 32)));
            FloatVector m0 = FloatVector.broadcast(F, Float.intBitsToFloat((int) minima));
            FloatVector m1 = FloatVector.broadcast(F, Float.intBitsToFloat((int) (minima >>> 32)));
            long p = xAt + 256L * group;
            for (int i = 0; i < 32; i += L) {
                IntVector pair = L < 8
                        ? spread(w, block + LEVELS + 32 * g + i)
                        : (IntVector) ByteVector.fromMemorySegment(B, w, block + LEVELS + 32 * g + i, LE)
                                .convertShape(ZERO_EXTEND_B2I, I, 0);
                long q = p + 4L * i;
                FloatVector v = ((FloatVector) pair.and(15).convert(I2F, 0)).fma(s0, m0);
                a0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), a0);
                a1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), a1);
                a2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), a2);
                a3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), a3);
                v = ((FloatVector) pair.lanewise(LSHR, 4).convert(I2F, 0)).fma(s1, m1);
                q += 128;
                b0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), b0);
                b1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), b1);
                b2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), b2);
                b3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), b3);
            }
        }
        a0.add(b0).intoMemorySegment(scratch, SUMS, LE);
        a1.add(b1).intoMemorySegment(scratch, SUMS + VECTOR, LE);
        a2.add(b2).intoMemorySegment(scratch, SUMS + 2 * VECTOR, LE);
        a3.add(b3).intoMemorySegment(scratch, SUMS + 3 * VECTOR, LE);
        Lanes.sums(scratch, y, yAt, yStep);
    }
}

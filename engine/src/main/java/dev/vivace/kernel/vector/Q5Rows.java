package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.B;
import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.I;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.LE16;
import static dev.vivace.kernel.vector.Lanes.LE32;
import static dev.vivace.kernel.vector.Lanes.SUMS;
import static dev.vivace.kernel.vector.Lanes.SWAP1;
import static dev.vivace.kernel.vector.Lanes.SWAP2;
import static dev.vivace.kernel.vector.Lanes.SWAP4;
import static dev.vivace.kernel.vector.Lanes.SWAP8;
import static dev.vivace.kernel.vector.Lanes.VECTOR;
import static dev.vivace.kernel.vector.Lanes.spread;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Q5_0: 22 bytes for 32 elements: f16 `d`, 32 fifth bits, 16 bytes; byte `i` holds the lower four bits of
/// `q[i]` low and of `q[i + 16]` high; `x = d * (q - 16)`.
///
/// Elements 0..15 of a block go to one accumulator, 16..31 to another.
final class Q5Rows extends RowFormat {
    private static final int BYTES = 22;

    /// Rotations to the right that bring bit `lane`, or bit `lane + 16`, to the place of the fifth bit.
    private static final IntVector TURN_LOW = Lanes.IOTA.sub(4);

    private static final IntVector TURN_HIGH = Lanes.IOTA.add(12);

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        long block = at;
        for (long p = to; p < to + 4L * n; p += 128) {
            FloatVector d = FloatVector.broadcast(F, Float.float16ToFloat(w.get(LE16, block)));
            for (int j = 0; j < 16; j += L) {
                IntVector pair = L < 8
                        ? spread(w, block + 6 + j)
                        : (IntVector) ByteVector.fromMemorySegment(B, w, block + 6 + j, LE)
                                .convertShape(ZERO_EXTEND_B2I, I, 0);
                IntVector fifths = IntVector.broadcast(I, w.get(LE32, block + 2) >>> j);
                IntVector low = pair.and(15).or(fifths.lanewise(ROR, TURN_LOW).and(16));
                IntVector high = pair.lanewise(LSHR, 4)
                        .or(fifths.lanewise(ROR, TURN_HIGH).and(16));
                ((FloatVector) low.sub(16).convert(I2F, 0)).mul(d).intoMemorySegment(out, p + 4L * j, LE);
                ((FloatVector) high.sub(16).convert(I2F, 0)).mul(d).intoMemorySegment(out, p + 64 + 4L * j, LE);
            }
            block += BYTES;
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n, MemorySegment scratch) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        long block = at;
        for (long p = xAt; p < xAt + 4L * n; p += 128) {
            FloatVector d = FloatVector.broadcast(F, Float.float16ToFloat(w.get(LE16, block)));
            for (int j = 0; j < 16; j += L) {
                IntVector pair = L < 8
                        ? spread(w, block + 6 + j)
                        : (IntVector) ByteVector.fromMemorySegment(B, w, block + 6 + j, LE)
                                .convertShape(ZERO_EXTEND_B2I, I, 0);
                IntVector fifths = IntVector.broadcast(I, w.get(LE32, block + 2) >>> j);
                IntVector low = pair.and(15).or(fifths.lanewise(ROR, TURN_LOW).and(16));
                IntVector high = pair.lanewise(LSHR, 4)
                        .or(fifths.lanewise(ROR, TURN_HIGH).and(16));
                a = ((FloatVector) low.sub(16).convert(I2F, 0))
                        .mul(d)
                        .fma(FloatVector.fromMemorySegment(F, x, p + 4L * j, LE), a);
                b = ((FloatVector) high.sub(16).convert(I2F, 0))
                        .mul(d)
                        .fma(FloatVector.fromMemorySegment(F, x, p + 64 + 4L * j, LE), b);
            }
            block += BYTES;
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
        long block = at;
        for (long p = xAt; p < xAt + 4L * n; p += 128) {
            FloatVector d = FloatVector.broadcast(F, Float.float16ToFloat(w.get(LE16, block)));
            for (int j = 0; j < 16; j += L) {
                IntVector pair = L < 8
                        ? spread(w, block + 6 + j)
                        : (IntVector) ByteVector.fromMemorySegment(B, w, block + 6 + j, LE)
                                .convertShape(ZERO_EXTEND_B2I, I, 0);
                IntVector fifths = IntVector.broadcast(I, w.get(LE32, block + 2) >>> j);
                IntVector low = pair.and(15).or(fifths.lanewise(ROR, TURN_LOW).and(16));
                IntVector high = pair.lanewise(LSHR, 4)
                        .or(fifths.lanewise(ROR, TURN_HIGH).and(16));
                long q = p + 4L * j;
                FloatVector v = ((FloatVector) low.sub(16).convert(I2F, 0)).mul(d);
                a0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), a0);
                a1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), a1);
                a2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), a2);
                a3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), a3);
                v = ((FloatVector) high.sub(16).convert(I2F, 0)).mul(d);
                q += 64;
                b0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), b0);
                b1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), b1);
                b2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), b2);
                b3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), b3);
            }
            block += BYTES;
        }
        a0.add(b0).intoMemorySegment(scratch, SUMS, LE);
        a1.add(b1).intoMemorySegment(scratch, SUMS + VECTOR, LE);
        a2.add(b2).intoMemorySegment(scratch, SUMS + 2 * VECTOR, LE);
        a3.add(b3).intoMemorySegment(scratch, SUMS + 3 * VECTOR, LE);
        Lanes.sums(scratch, y, yAt, yStep);
    }
}

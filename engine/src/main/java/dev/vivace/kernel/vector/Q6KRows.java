package dev.vivace.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Q6_K: 210 bytes for 256 elements: 128 bytes of lower four bits, 64 bytes of upper two bits, 16 signed scales,
/// f16 `d`;
/// `x = d s (q - 32)`. Element `128h + 32g + i` has its lower bits in byte `64h + 32 (g mod 2) + i` (low nibble for
/// `g < 2`), its upper bits in byte `32h + i` at bit `2g`, and scale `8h + 2g + i / 16`.
///
/// Groups 0 and 2 go to one accumulator, 1 and 3 to another.
final class Q6KRows extends RowFormat {
    private static final int SIZE = 256;
    private static final int BYTES = 210;
    private static final int UPPER = 128;
    private static final int SCALES = 192;
    private static final int D = 208;

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        long block = at;
        for (long p = to; p < to + 4L * n; p += 4 * SIZE) {
            float d = Lanes.half(w, block + D);
            for (int h = 0; h < 2; h++) {
                decodeHalf(w, block, h, d, out, p + 512 * h);
            }
            block += BYTES;
        }
    }

    private static void decodeHalf(MemorySegment w, long block, int h, float d, MemorySegment out, long to) {
        for (int i = 0; i < 32; i += Lanes.L) {
            long scales = block + SCALES + 8 * h + i / 16;
            IntVector lower0 = Lanes.unsignedBytes(w, block + 64 * h + i);
            IntVector lower1 = Lanes.unsignedBytes(w, block + 64 * h + 32 + i);
            IntVector upper = Lanes.unsignedBytes(w, block + UPPER + 32 * h + i);
            long p = to + 4 * i;
            Lanes.store(scaled(low(lower0, upper, 4), w, scales, d), out, p);
            Lanes.store(scaled(low(lower1, upper, 2), w, scales + 2, d), out, p + 128);
            Lanes.store(scaled(high(lower0, upper), w, scales + 4, d), out, p + 256);
            Lanes.store(scaled(top(lower1, upper), w, scales + 6, d), out, p + 384);
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n) {
        FloatVector a = FloatVector.zero(Lanes.F);
        FloatVector b = a;
        long block = at;
        for (long p = xAt; p < xAt + 4L * n; p += 4 * SIZE) {
            float d = Lanes.half(w, block + D);
            for (int h = 0; h < 2; h++) {
                for (int i = 0; i < 32; i += Lanes.L) {
                    long scales = block + SCALES + 8 * h + i / 16;
                    IntVector lower0 = Lanes.unsignedBytes(w, block + 64 * h + i);
                    IntVector lower1 = Lanes.unsignedBytes(w, block + 64 * h + 32 + i);
                    IntVector upper = Lanes.unsignedBytes(w, block + UPPER + 32 * h + i);
                    long q = p + 512 * h + 4 * i;
                    a = scaled(low(lower0, upper, 4), w, scales, d).fma(Lanes.load(x, q), a);
                    b = scaled(low(lower1, upper, 2), w, scales + 2, d).fma(Lanes.load(x, q + 128), b);
                    a = scaled(high(lower0, upper), w, scales + 4, d).fma(Lanes.load(x, q + 256), a);
                    b = scaled(top(lower1, upper), w, scales + 6, d).fma(Lanes.load(x, q + 384), b);
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
            float d = Lanes.half(w, block + D);
            for (int h = 0; h < 2; h++) {
                for (int i = 0; i < 32; i += Lanes.L) {
                    long scales = block + SCALES + 8 * h + i / 16;
                    IntVector lower0 = Lanes.unsignedBytes(w, block + 64 * h + i);
                    IntVector lower1 = Lanes.unsignedBytes(w, block + 64 * h + 32 + i);
                    IntVector upper = Lanes.unsignedBytes(w, block + UPPER + 32 * h + i);
                    long q = p + 512 * h + 4 * i;
                    for (int g = 0; g < 4; g += 2) {
                        FloatVector u =
                                scaled(g == 0 ? low(lower0, upper, 4) : high(lower0, upper), w, scales + 2 * g, d);
                        FloatVector v =
                                scaled(g == 0 ? low(lower1, upper, 2) : top(lower1, upper), w, scales + 2 * g + 2, d);
                        a0 = u.fma(Lanes.load(x, q), a0);
                        a1 = u.fma(Lanes.load(x, q + xStep), a1);
                        a2 = u.fma(Lanes.load(x, q + 2 * xStep), a2);
                        a3 = u.fma(Lanes.load(x, q + 3 * xStep), a3);
                        b0 = v.fma(Lanes.load(x, q + 128), b0);
                        b1 = v.fma(Lanes.load(x, q + 128 + xStep), b1);
                        b2 = v.fma(Lanes.load(x, q + 128 + 2 * xStep), b2);
                        b3 = v.fma(Lanes.load(x, q + 128 + 3 * xStep), b3);
                        q += 256;
                    }
                }
            }
            block += BYTES;
        }
        Lanes.put(y, yAt, Lanes.sum(a0.add(b0)));
        Lanes.put(y, yAt + yStep, Lanes.sum(a1.add(b1)));
        Lanes.put(y, yAt + 2 * yStep, Lanes.sum(a2.add(b2)));
        Lanes.put(y, yAt + 3 * yStep, Lanes.sum(a3.add(b3)));
    }

    /// Low nibbles, with the two bits of `upper` that stand `shift` below bit 4 (groups 0 and 1).
    private static IntVector low(IntVector lower, IntVector upper, int shift) {
        return lower.and(15).or(upper.lanewise(VectorOperators.LSHL, shift).and(0x30));
    }

    /// High nibbles, with bits 4 and 5 of `upper` (group 2).
    private static IntVector high(IntVector lower, IntVector upper) {
        return lower.lanewise(VectorOperators.LSHR, 4).or(upper.and(0x30));
    }

    /// High nibbles, with bits 6 and 7 of `upper` (group 3).
    private static IntVector top(IntVector lower, IntVector upper) {
        return lower.lanewise(VectorOperators.LSHR, 4)
                .or(upper.lanewise(VectorOperators.LSHR, 2).and(0x30));
    }

    private static FloatVector scaled(IntVector q, MemorySegment w, long scale, float d) {
        return Lanes.toFloat(q.sub(32)).mul(d * w.get(ValueLayout.JAVA_BYTE, scale));
    }
}

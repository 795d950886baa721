package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.B;
import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.I;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.LE16;
import static dev.vivace.kernel.vector.Lanes.SUMS;
import static dev.vivace.kernel.vector.Lanes.SWAP1;
import static dev.vivace.kernel.vector.Lanes.SWAP2;
import static dev.vivace.kernel.vector.Lanes.SWAP4;
import static dev.vivace.kernel.vector.Lanes.SWAP8;
import static dev.vivace.kernel.vector.Lanes.TABLE;
import static dev.vivace.kernel.vector.Lanes.VECTOR;
import static dev.vivace.kernel.vector.Lanes.spread;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Q6_K: 210 bytes for 256 elements: 128 bytes of lower four bits, 64 bytes of upper two bits, 16 signed
/// scales, f16 `d`; `x = d s (q - 32)`. Element `128h + 32g + i` has its lower bits in byte `64h + 32 (g mod 2)
/// + i` (low nibble for `g < 2`), its upper bits in byte `32h + i` at bit `2g`, and scale `8h + 2g + i / 16`.
///
/// Loads of eight bytes where four are wanted stay inside the block: scales follow the levels.
///
/// Groups 0 and 2 go to one accumulator, 1 and 3 to another.
final class Q6KRows extends RowFormat {
    private static final int BYTES = 210;
    private static final int UPPER = 128;
    private static final int SCALES = 192;
    private static final int D = 208;

    @Override
    void decode(MemorySegment w, long at, int n, MemorySegment out, long to) {
        long block = at;
        for (long p = to; p < to + 4L * n; p += 1024) {
            float d = Float.float16ToFloat(w.get(LE16, block + D));
            for (int h = 0; h < 2; h++) {
                for (int i = 0; i < 32; i += L) {
                    long scale = block + SCALES + 8 * h + i / 16;
                    long lower = block + 64 * h + i;
                    long upper = block + UPPER + 32 * h + i;
                    IntVector l0 = (IntVector)
                            ByteVector.fromMemorySegment(B, w, lower, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector l1 = (IntVector)
                            ByteVector.fromMemorySegment(B, w, lower + 32, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector u = (IntVector)
                            ByteVector.fromMemorySegment(B, w, upper, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
                    IntVector q0 = l0.and(15).or(u.lanewise(LSHL, 4).and(48)).sub(32);
                    IntVector q1 = l1.and(15).or(u.lanewise(LSHL, 2).and(48)).sub(32);
                    IntVector q2 = l0.lanewise(LSHR, 4).or(u.and(48)).sub(32);
                    IntVector q3 =
                            l1.lanewise(LSHR, 4).or(u.lanewise(LSHR, 2).and(48)).sub(32);
                    long q = p + 512L * h + 4L * i;
                    ((FloatVector) q0.convert(I2F, 0))
                            .mul(d * w.get(ValueLayout.JAVA_BYTE, scale))
                            .intoMemorySegment(out, q, LE);
                    ((FloatVector) q1.convert(I2F, 0))
                            .mul(d * w.get(ValueLayout.JAVA_BYTE, scale + 2))
                            .intoMemorySegment(out, q + 128, LE);
                    ((FloatVector) q2.convert(I2F, 0))
                            .mul(d * w.get(ValueLayout.JAVA_BYTE, scale + 4))
                            .intoMemorySegment(out, q + 256, LE);
                    ((FloatVector) q3.convert(I2F, 0))
                            .mul(d * w.get(ValueLayout.JAVA_BYTE, scale + 6))
                            .intoMemorySegment(out, q + 384, LE);
                }
            }
            block += BYTES;
        }
    }

    @Override
    float dot(MemorySegment w, long at, MemorySegment x, long xAt, int n, MemorySegment scratch) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        unpack(w, at, n, scratch);
        for (int t = 0; t < n / 4; t += L) {
            long block = at + (long) BYTES * (t >> 6);
            long scale = TABLE + 64L * (t >> 6) + (t & 32) + (t >> 2 & 4);
            long lower = block + (t << 1 & 64) + (t & 31);
            long upper = block + UPPER + (t & 63);
            IntVector l0 =
                    (IntVector) ByteVector.fromMemorySegment(B, w, lower, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
            IntVector l1 = (IntVector)
                    ByteVector.fromMemorySegment(B, w, lower + 32, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
            IntVector u =
                    (IntVector) ByteVector.fromMemorySegment(B, w, upper, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
            IntVector q0 = l0.and(15).or(u.lanewise(LSHL, 4).and(48)).sub(32);
            IntVector q1 = l1.and(15).or(u.lanewise(LSHL, 2).and(48)).sub(32);
            IntVector q2 = l0.lanewise(LSHR, 4).or(u.and(48)).sub(32);
            IntVector q3 = l1.lanewise(LSHR, 4).or(u.lanewise(LSHR, 2).and(48)).sub(32);
            long q = xAt + 16L * (t & -32) + 4L * (t & 31);
            a = ((FloatVector) q0.convert(I2F, 0))
                    .mul(scratch.get(Lanes.F32, scale))
                    .fma(FloatVector.fromMemorySegment(F, x, q, LE), a);
            b = ((FloatVector) q1.convert(I2F, 0))
                    .mul(scratch.get(Lanes.F32, scale + 8))
                    .fma(FloatVector.fromMemorySegment(F, x, q + 128, LE), b);
            a = ((FloatVector) q2.convert(I2F, 0))
                    .mul(scratch.get(Lanes.F32, scale + 16))
                    .fma(FloatVector.fromMemorySegment(F, x, q + 256, LE), a);
            b = ((FloatVector) q3.convert(I2F, 0))
                    .mul(scratch.get(Lanes.F32, scale + 24))
                    .fma(FloatVector.fromMemorySegment(F, x, q + 384, LE), b);
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
        FloatVector a0 = FloatVector.zero(F), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        unpack(w, at, n, scratch);
        for (int t = 0; t < n / 4; t += L) {
            long block = at + (long) BYTES * (t >> 6);
            long scale = TABLE + 64L * (t >> 6) + (t & 32) + (t >> 2 & 4);
            long lower = block + (t << 1 & 64) + (t & 31);
            long upper = block + UPPER + (t & 63);
            IntVector l0 =
                    (IntVector) ByteVector.fromMemorySegment(B, w, lower, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
            IntVector l1 = (IntVector)
                    ByteVector.fromMemorySegment(B, w, lower + 32, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
            IntVector u =
                    (IntVector) ByteVector.fromMemorySegment(B, w, upper, LE).convertShape(ZERO_EXTEND_B2I, I, 0);
            IntVector q0 = l0.and(15).or(u.lanewise(LSHL, 4).and(48)).sub(32);
            IntVector q1 = l1.and(15).or(u.lanewise(LSHL, 2).and(48)).sub(32);
            IntVector q2 = l0.lanewise(LSHR, 4).or(u.and(48)).sub(32);
            IntVector q3 = l1.lanewise(LSHR, 4).or(u.lanewise(LSHR, 2).and(48)).sub(32);
            long q = xAt + 16L * (t & -32) + 4L * (t & 31);
            FloatVector v = ((FloatVector) q0.convert(I2F, 0)).mul(scratch.get(Lanes.F32, scale));
            a0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), a0);
            a1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), a1);
            a2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), a2);
            a3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), a3);
            v = ((FloatVector) q1.convert(I2F, 0)).mul(scratch.get(Lanes.F32, scale + 8));
            q += 128;
            b0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), b0);
            b1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), b1);
            b2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), b2);
            b3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), b3);
            v = ((FloatVector) q2.convert(I2F, 0)).mul(scratch.get(Lanes.F32, scale + 16));
            q += 128;
            a0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), a0);
            a1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), a1);
            a2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), a2);
            a3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), a3);
            v = ((FloatVector) q3.convert(I2F, 0)).mul(scratch.get(Lanes.F32, scale + 24));
            q += 128;
            b0 = v.fma(FloatVector.fromMemorySegment(F, x, q, LE), b0);
            b1 = v.fma(FloatVector.fromMemorySegment(F, x, q + xStep, LE), b1);
            b2 = v.fma(FloatVector.fromMemorySegment(F, x, q + 2 * xStep, LE), b2);
            b3 = v.fma(FloatVector.fromMemorySegment(F, x, q + 3 * xStep, LE), b3);
        }
        a0.add(b0).intoMemorySegment(scratch, SUMS, LE);
        a1.add(b1).intoMemorySegment(scratch, SUMS + VECTOR, LE);
        a2.add(b2).intoMemorySegment(scratch, SUMS + 2 * VECTOR, LE);
        a3.add(b3).intoMemorySegment(scratch, SUMS + 3 * VECTOR, LE);
        Lanes.sums(scratch, y, yAt, yStep);
    }

    /// The 16 products `d s` of each block as f32 to the scratch's table.
    private static void unpack(MemorySegment w, long at, int n, MemorySegment scratch) {
        long block = at;
        for (long to = TABLE; to < TABLE + n / 4; to += 64) {
            float d = Float.float16ToFloat(w.get(LE16, block + D));
            for (int j = 0; j < 16; j += L) {
                IntVector s = L < 8
                        ? spread(w, block + SCALES + j).lanewise(LSHL, 24).lanewise(ASHR, 24)
                        : (IntVector) ByteVector.fromMemorySegment(B, w, block + SCALES + j, LE)
                                .convertShape(B2I, I, 0);
                ((FloatVector) s.convert(I2F, 0)).mul(d).intoMemorySegment(scratch, to + 4L * j, LE);
            }
            block += BYTES;
        }
    }
}

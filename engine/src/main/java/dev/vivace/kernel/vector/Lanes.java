package dev.vivace.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Species and building blocks. Methods are small so that they inline into every loop.
final class Lanes {
    /// Lanes beyond this would overrun the blocks of 16 that formats are made of.
    private static final int MOST = 16;

    static final VectorSpecies<Float> F =
            FloatVector.SPECIES_PREFERRED.length() > MOST ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;

    /// f32 lanes of a vector: 4, 8 or 16 where these kernels can run.
    static final int L = F.length();

    static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
    static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

    private static final VectorSpecies<Short> S =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, L * Short.SIZE)));

    /// `L` bytes; where that is less than any vector holds, bytes are spread from an `int` instead.
    static final VectorSpecies<Byte> B =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, L * Byte.SIZE)));

    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LE);
    static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LE);
    static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LE);
    static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);

    /// Lane numbers.
    static final IntVector IOTA = IntVector.zero(I).addIndex(1);

    private static final IntVector BYTE_SHIFTS = IOTA.mul(8);

    /// Halves upon halves: the sum over lanes always adds in the order SWAP8, SWAP4, SWAP2, SWAP1.
    static final VectorShuffle<Float> SWAP1 = VectorShuffle.fromOp(F, i -> i ^ 1);
    static final VectorShuffle<Float> SWAP2 = VectorShuffle.fromOp(F, i -> i ^ (2 % L));
    static final VectorShuffle<Float> SWAP4 = VectorShuffle.fromOp(F, i -> i ^ (4 % L));
    static final VectorShuffle<Float> SWAP8 = VectorShuffle.fromOp(F, i -> i ^ (8 % L));

    /// Where vectors to be summed stand in the scratch of a [RowFormat], and the bytes from one to the next.
    static final int SUMS = 128;

    static final int VECTOR = 64;

    /// Where the scratch's table of unpacked scales begins: 16 f32 for each 256 elements.
    static final int TABLE = SUMS + 4 * VECTOR;

    private Lanes() {}

    static float float32(MemorySegment segment, long at) {
        return segment.get(F32, at);
    }

    static void put(MemorySegment segment, long at, float value) {
        segment.set(F32, at, value);
    }

    /// The f16 at byte `at` as f32.
    static float half(MemorySegment segment, long at) {
        return Float.float16ToFloat(segment.get(LE16, at));
    }

    /// Writes `value` as f16, rounded to nearest even.
    static void putHalf(MemorySegment segment, long at, float value) {
        segment.set(LE16, at, Float.floatToFloat16(value));
    }

    /// The bfloat16 at byte `at` as f32.
    static float brain(MemorySegment segment, long at) {
        return Float.intBitsToFloat(segment.get(LE16, at) << 16);
    }

    /// Bytes of scratch that a [RowFormat] wants for dot products of `n` elements.
    static long scratchBytes(int n) {
        return TABLE + (n + 255) / 256 * 64L;
    }

    /// Four bytes from `at` on as numbers 0..255, for vectors of four lanes: no vector of bytes is that short.
    static IntVector spread(MemorySegment segment, long at) {
        return IntVector.broadcast(I, segment.get(LE32, at))
                .lanewise(VectorOperators.LSHR, BYTE_SHIFTS)
                .and(255);
    }

    /// The `L` f16 from `at` on. Exponent and fraction move to their f32 places and the exponent is rebiased;
    /// infinities and NaN get the largest exponent; a subnormal is read with the smallest exponent and an
    /// implied one, which is then subtracted.
    static FloatVector halves(MemorySegment segment, long at) {
        IntVector bits = (IntVector)
                ShortVector.fromMemorySegment(S, segment, at, LE).convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
        IntVector magnitude = bits.and(0x7FFF);
        IntVector sign = bits.sub(magnitude).lanewise(VectorOperators.LSHL, 16);
        IntVector normal = magnitude.lanewise(VectorOperators.LSHL, 13).add(112 << 23);
        normal = normal.add(112 << 23, magnitude.compare(VectorOperators.GE, 0x7C00));
        FloatVector tiny = normal.add(1 << 23).reinterpretAsFloats().sub(0x1p-14f);
        FloatVector value = normal.reinterpretAsFloats()
                .blend(tiny, magnitude.compare(VectorOperators.LT, 0x400).cast(F));
        return value.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    /// The `L` bfloat16 from `at` on.
    static FloatVector brains(MemorySegment segment, long at) {
        return ((IntVector) ShortVector.fromMemorySegment(S, segment, at, LE)
                        .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0))
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats();
    }

    /// The sum over lanes of the vector at byte `at`.
    static float sum(MemorySegment segment, long at) {
        FloatVector v = FloatVector.fromMemorySegment(F, segment, at, LE);
        if (L > 8) {
            v = v.add(v.rearrange(SWAP8));
        }
        if (L > 4) {
            v = v.add(v.rearrange(SWAP4));
        }
        v = v.add(v.rearrange(SWAP2));
        v = v.add(v.rearrange(SWAP1));
        return v.lane(0);
    }

    /// The sums of the scratch's four vectors, to `y` at `yAt`, `yAt + yStep` and so on.
    static void sums(MemorySegment scratch, MemorySegment y, long yAt, long yStep) {
        for (int r = 0; r < 4; r++) {
            put(y, yAt + r * yStep, sum(scratch, SUMS + r * VECTOR));
        }
    }
}

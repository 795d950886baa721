package dev.vivace.kernel.vector;

import static dev.vivace.kernel.vector.Lanes.B;
import static dev.vivace.kernel.vector.Lanes.F;
import static dev.vivace.kernel.vector.Lanes.I;
import static dev.vivace.kernel.vector.Lanes.L;
import static dev.vivace.kernel.vector.Lanes.LE;
import static dev.vivace.kernel.vector.Lanes.LE16;
import static dev.vivace.kernel.vector.Lanes.LE32;
import static dev.vivace.kernel.vector.Lanes.LE64;
import static dev.vivace.kernel.vector.Lanes.TABLE;
import static dev.vivace.kernel.vector.Lanes.spread;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/// The 12 bytes in which Q4_K and Q5_K keep eight 6-bit scales and eight 6-bit minima, four bytes at a time:
/// the first four bytes hold the scales of sub-blocks 0..3 in their lower six bits, the next four their minima;
/// the last four hold the lower four bits of scales and minima of sub-blocks 4..7, whose upper two bits top the
/// first eight bytes.
final class SixBits {
    private static final int SIX = 0x3F3F3F3F;
    private static final int FOUR = 0x0F0F0F0F;
    private static final int TWO = 0x03030303;

    /// Lanes 8..15 of a vector of 16 are minima; shorter vectors are all scales or all minima.
    private static final VectorMask<Float> MINIMA = VectorMask.fromLong(F, L > 8 ? 0xFF00 : 0);

    private SixBits() {}

    /// The eight scales, one a byte, the first lowest.
    static long scales(MemorySegment w, long at) {
        int first = w.get(LE32, at);
        int last = w.get(LE32, at + 8);
        return both(first & SIX, last & FOUR | (first >>> 6 & TWO) << 4);
    }

    /// The eight minima, one a byte, the first lowest.
    static long minima(MemorySegment w, long at) {
        int second = w.get(LE32, at + 4);
        int last = w.get(LE32, at + 8);
        return both(second & SIX, last >>> 4 & FOUR | (second >>> 6 & TWO) << 4);
    }

    private static long both(int low, int high) {
        return low | (long) high << 32;
    }

    /// Number `j` of `packed`.
    static int number(long packed, int j) {
        return (int) (packed >>> 8 * j) & 63;
    }

    /// For each block the eight products of `d` and a scale, then the eight of `-dmin` and a minimum, as f32 to
    /// the scratch's table.
    static void unpack(MemorySegment w, long at, int blockBytes, int n, MemorySegment scratch) {
        long end = TABLE + n / 4;
        long block = at;
        // In two passes: a load of what two younger stores wrote would wait for them to leave the store queue.
        for (long to = TABLE; to < end; to += 64) {
            scratch.set(LE64, to, scales(w, block + 4));
            scratch.set(LE64, to + 8, minima(w, block + 4));
            block += blockBytes;
        }
        block = at;
        for (long to = TABLE; to < end; to += 64) {
            float d = Float.float16ToFloat(w.get(LE16, block));
            float dmin = -Float.float16ToFloat(w.get(LE16, block + 2));
            // From the last numbers to the first, since products take the place of packed numbers.
            for (int j = 16 - L; j >= 0; j -= L) {
                IntVector numbers = L < 8
                        ? spread(scratch, to + j)
                        : (IntVector) ByteVector.fromMemorySegment(B, scratch, to + j, LE)
                                .convertShape(ZERO_EXTEND_B2I, I, 0);
                FloatVector factor = FloatVector.broadcast(F, j < 8 ? d : dmin).blend(dmin, MINIMA);
                ((FloatVector) numbers.convert(I2F, 0)).mul(factor).intoMemorySegment(scratch, to + 4L * j, LE);
            }
            block += blockBytes;
        }
    }
}

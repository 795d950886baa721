package dev.vivace.kernel.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The 12 bytes in which Q4_K and Q5_K keep eight 6-bit scales and eight 6-bit minima, four bytes at a time: the
/// first
/// four bytes hold the scales of sub-blocks 0..3 in their lower six bits, the next four their minima; the last four
/// hold
/// the lower four bits of scales and minima of sub-blocks 4..7, whose upper two bits top the first eight bytes.
final class SixBits {
    private static final int SIX = 0x3F3F3F3F;
    private static final int FOUR = 0x0F0F0F0F;
    private static final int TWO = 0x03030303;

    private SixBits() {}

    /// The eight scales, one a byte, the first lowest.
    static long scales(MemorySegment w, long at) {
        int first = Lanes.int32(w, at);
        int last = Lanes.int32(w, at + 8);
        return both(first & SIX, last & FOUR | (first >>> 6 & TWO) << 4);
    }

    /// The eight minima, one a byte, the first lowest.
    static long minima(MemorySegment w, long at) {
        int second = Lanes.int32(w, at + 4);
        int last = Lanes.int32(w, at + 8);
        return both(second & SIX, last >>> 4 & FOUR | (second >>> 6 & TWO) << 4);
    }

    private static long both(int low, int high) {
        return low | (long) high << 32;
    }

    /// `d` times number `j` of `packed`, in all lanes.
    static FloatVector times(float d, long packed, int j) {
        return FloatVector.broadcast(Lanes.F, d * (packed >>> 8 * j & 63));
    }
}

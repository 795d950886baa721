package dev.vivace.tensor.codec;

import java.lang.foreign.MemorySegment;

/// The 12 bytes in which Q4_K and Q5_K keep eight 6-bit scales `s` and eight 6-bit minima `m`.
///
/// | bytes | bits 0..5 (0..3 of the last four) | bits 6..7 (4..7 of the last four) |
/// |---|---|---|
/// | `j` = 0..3 | `s[j]` | upper two bits of `s[j + 4]` |
/// | `4 + j` | `m[j]` | upper two bits of `m[j + 4]` |
/// | `8 + j` | lower four bits of `s[j + 4]` | lower four bits of `m[j + 4]` |
final class SixBitScales {
    private SixBitScales() {}

    static int scale(MemorySegment source, long at, int j) {
        return j < 4
                ? BlockCodec.unsigned(source, at + j) & 63
                : BlockCodec.unsigned(source, at + j + 4) & 15 | BlockCodec.unsigned(source, at + j - 4) >> 6 << 4;
    }

    static int minimum(MemorySegment source, long at, int j) {
        return j < 4
                ? BlockCodec.unsigned(source, at + j + 4) & 63
                : BlockCodec.unsigned(source, at + j + 4) >> 4 | BlockCodec.unsigned(source, at + j) >> 6 << 4;
    }

    static void write(int[] scales, int[] minima, MemorySegment target, long at) {
        for (int j = 0; j < 4; j++) {
            BlockCodec.putByte(target, at + j, scales[j] | scales[j + 4] >> 4 << 6);
            BlockCodec.putByte(target, at + 4 + j, minima[j] | minima[j + 4] >> 4 << 6);
            BlockCodec.putByte(target, at + 8 + j, scales[j + 4] & 15 | (minima[j + 4] & 15) << 4);
        }
    }
}

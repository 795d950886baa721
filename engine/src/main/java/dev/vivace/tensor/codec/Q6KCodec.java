package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Q6_K, 210 bytes for 256 elements in sixteen sub-blocks `j` of 16: `x = (d * s[j]) * (q - 32)`, `q` in 0..63.
///
/// Element `e = 128h + 32g + i` lies in half `h`, group `g` of four, place `i` of 32.
///
/// | bytes | content |
/// |---|---|
/// | 0..127 | low four bits: byte `64h + 32(g mod 2) + i`, the low nibble for `g` < 2, else the high one |
/// | 128..191 | high two bits: byte `32h + i`, bits `2g` and `2g + 1` |
/// | 192..207 | `s[j]`, signed bytes |
/// | 208..209 | `d`, f16 |
final class Q6KCodec extends BlockCodec {
    static final Q6KCodec INSTANCE = new Q6KCodec();

    private static final int HIGH = 128;
    private static final int SCALES = 192;
    private static final int D = 208;

    private Q6KCodec() {
        super(DType.Q6_K);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from + D);
        for (int part = 0; part < 8; part++) {
            int h = part / 4;
            int g = part % 4;
            for (int i = 0; i < 32; i++) {
                int e = 32 * part + i;
                float scale = d * source.get(ValueLayout.JAVA_BYTE, from + SCALES + e / 16);
                int low = unsigned(source, from + 64 * h + 32 * (g % 2) + i) >> 4 * (g / 2) & 15;
                int high = unsigned(source, from + HIGH + 32 * h + i) >> 2 * g & 3;
                target.set(F32, to + 4L * e, scale * ((low | high << 4) - 32));
            }
        }
    }

    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        SymmetricSuperBlock block = new SymmetricSuperBlock(x);
        putHalf(target, to + D, block.d);
        for (int j = 0; j < 16; j++) {
            putByte(target, to + SCALES + j, block.scales[j]);
        }
        for (int h = 0; h < 2; h++) {
            for (int i = 0; i < 32; i++) {
                int a = block.levels[128 * h + i];
                int b = block.levels[128 * h + 32 + i];
                int c = block.levels[128 * h + 64 + i];
                int e = block.levels[128 * h + 96 + i];
                putByte(target, to + 64 * h + i, a & 15 | (c & 15) << 4);
                putByte(target, to + 64 * h + 32 + i, b & 15 | (e & 15) << 4);
                putByte(target, to + HIGH + 32 * h + i, a >> 4 | b >> 4 << 2 | c >> 4 << 4 | e >> 4 << 6);
            }
        }
    }
}

package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// Q5_K, 176 bytes for 256 elements in eight sub-blocks `j` of 32: `x = (d * s[j]) * q - (dmin * m[j])`, `q` in
/// 0..31.
///
/// | bytes | content |
/// |---|---|
/// | 0..1 | `d`, f16 |
/// | 2..3 | `dmin`, f16 |
/// | 4..15 | `s` and `m`, see [SixBitScales] |
/// | 16..47 | fifth bits: bit `j` of byte `i` belongs to `q[32j + i]` |
/// | 48..175 | low four bits, as in [Q4KCodec] |
final class Q5KCodec extends BlockCodec {
    static final Q5KCodec INSTANCE = new Q5KCodec();

    private Q5KCodec() {
        super(DType.Q5_K);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from);
        float dmin = half(source, from + 2);
        for (int j = 0; j < 8; j++) {
            float scale = d * SixBitScales.scale(source, from + 4, j);
            float minimum = dmin * SixBitScales.minimum(source, from + 4, j);
            long bytes = from + 48 + 32L * (j / 2);
            int shift = 4 * (j % 2);
            for (int i = 0; i < 32; i++) {
                int fifth = unsigned(source, from + 16 + i) >> j & 1;
                int q = unsigned(source, bytes + i) >> shift & 15 | fifth << 4;
                target.set(F32, to + 4L * (32 * j + i), scale * q - minimum);
            }
        }
    }

    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        AffineSuperBlock block = new AffineSuperBlock(x, 31);
        putHalf(target, to, block.d);
        putHalf(target, to + 2, block.dmin);
        SixBitScales.write(block.scales, block.minima, target, to + 4);
        for (int i = 0; i < 32; i++) {
            int fifth = 0;
            for (int j = 0; j < 8; j++) {
                fifth |= block.levels[32 * j + i] >> 4 << j;
            }
            putByte(target, to + 16 + i, fifth);
            for (int group = 0; group < 4; group++) {
                int low = block.levels[64 * group + i] & 15;
                int high = block.levels[64 * group + 32 + i] & 15;
                putByte(target, to + 48 + 32L * group + i, low | high << 4);
            }
        }
    }
}

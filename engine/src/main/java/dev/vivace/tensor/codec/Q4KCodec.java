package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// Q4_K, 144 bytes for 256 elements in eight sub-blocks `j` of 32: `x = (d * s[j]) * q - (dmin * m[j])`, `q` in
/// 0..15.
///
/// | bytes | content |
/// |---|---|
/// | 0..1 | `d`, f16 |
/// | 2..3 | `dmin`, f16 |
/// | 4..15 | `s` and `m`, see [SixBitScales] |
/// | 16..143 | four groups of 32 bytes; byte `i` of group `g`: low nibble `q[64g + i]`, high nibble `q[64g + 32
/// + i]` |
final class Q4KCodec extends BlockCodec {
    static final Q4KCodec INSTANCE = new Q4KCodec();

    private Q4KCodec() {
        super(DType.Q4_K);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from);
        float dmin = half(source, from + 2);
        for (int j = 0; j < 8; j++) {
            float scale = d * SixBitScales.scale(source, from + 4, j);
            float minimum = dmin * SixBitScales.minimum(source, from + 4, j);
            long bytes = from + 16 + 32L * (j / 2);
            int shift = 4 * (j % 2);
            for (int i = 0; i < 32; i++) {
                int q = unsigned(source, bytes + i) >> shift & 15;
                target.set(F32, to + 4L * (32 * j + i), scale * q - minimum);
            }
        }
    }

    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        AffineSuperBlock block = new AffineSuperBlock(x, 15);
        putHalf(target, to, block.d);
        putHalf(target, to + 2, block.dmin);
        SixBitScales.write(block.scales, block.minima, target, to + 4);
        for (int group = 0; group < 4; group++) {
            for (int i = 0; i < 32; i++) {
                int low = block.levels[64 * group + i];
                int high = block.levels[64 * group + 32 + i];
                putByte(target, to + 16 + 32L * group + i, low | high << 4);
            }
        }
    }
}

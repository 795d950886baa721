package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// Q4_0, 18 bytes for 32 elements: `x = d * (q - 8)`, `q` in 0..15.
///
/// | bytes | content |
/// |---|---|
/// | 0..1 | `d`, f16 |
/// | 2..17 | byte `i`: low nibble `q[i]`, high nibble `q[i + 16]` |
final class Q4Codec extends BlockCodec {
    static final Q4Codec INSTANCE = new Q4Codec();

    private Q4Codec() {
        super(DType.Q4_0);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from);
        for (int i = 0; i < 16; i++) {
            int pair = unsigned(source, from + 2 + i);
            target.set(F32, to + 4L * i, d * ((pair & 15) - 8));
            target.set(F32, to + 4L * (i + 16), d * ((pair >> 4) - 8));
        }
    }

    /// The extreme element takes level 0, the only one of magnitude 8, so its sign chooses the scale's.
    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        float d = extreme(x) / -8;
        float inverse = inverse(d);
        putHalf(target, to, d);
        for (int i = 0; i < 16; i++) {
            int low = level(x[i] * inverse + 8.5f, 15);
            int high = level(x[i + 16] * inverse + 8.5f, 15);
            putByte(target, to + 2 + i, low | high << 4);
        }
    }
}

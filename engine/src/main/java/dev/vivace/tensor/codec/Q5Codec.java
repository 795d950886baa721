package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// Q5_0, 22 bytes for 32 elements: `x = d * (q - 16)`, `q` in 0..31.
///
/// | bytes | content |
/// |---|---|
/// | 0..1 | `d`, f16 |
/// | 2..5 | fifth bits: bit `i` of this 32-bit number belongs to `q[i]` |
/// | 6..21 | byte `i`: low nibble `q[i] & 15`, high nibble `q[i + 16] & 15` |
final class Q5Codec extends BlockCodec {
    static final Q5Codec INSTANCE = new Q5Codec();

    private Q5Codec() {
        super(DType.Q5_0);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from);
        int fifth = source.get(LE32, from + 2);
        for (int i = 0; i < 16; i++) {
            int pair = unsigned(source, from + 6 + i);
            int low = pair & 15 | (fifth >>> i & 1) << 4;
            int high = pair >> 4 | (fifth >>> i + 16 & 1) << 4;
            target.set(F32, to + 4L * i, d * (low - 16));
            target.set(F32, to + 4L * (i + 16), d * (high - 16));
        }
    }

    /// The extreme element takes level 0, the only one of magnitude 16, so its sign chooses the scale's.
    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        float d = extreme(x) / -16;
        float inverse = inverse(d);
        int fifth = 0;
        putHalf(target, to, d);
        for (int i = 0; i < 16; i++) {
            int low = level(x[i] * inverse + 16.5f, 31);
            int high = level(x[i + 16] * inverse + 16.5f, 31);
            fifth |= low >> 4 << i | high >> 4 << i + 16;
            putByte(target, to + 6 + i, low & 15 | (high & 15) << 4);
        }
        target.set(LE32, to + 2, fifth);
    }
}

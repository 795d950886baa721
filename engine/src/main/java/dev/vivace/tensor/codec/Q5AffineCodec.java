package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// Q5_1, 24 bytes for 32 elements: `x = d * q + m`, `q` in 0..31.
///
/// | bytes | content |
/// |---|---|
/// | 0..1 | `d`, f16 |
/// | 2..3 | `m`, f16 |
/// | 4..7 | fifth bits: bit `i` of this 32-bit number belongs to `q[i]` |
/// | 8..23 | byte `i`: low nibble `q[i] & 15`, high nibble `q[i + 16] & 15` |
final class Q5AffineCodec extends BlockCodec {
    static final Q5AffineCodec INSTANCE = new Q5AffineCodec();

    private Q5AffineCodec() {
        super(DType.Q5_1);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from);
        float m = half(source, from + 2);
        int fifth = source.get(LE32, from + 4);
        for (int i = 0; i < 16; i++) {
            int pair = unsigned(source, from + 8 + i);
            int low = pair & 15 | (fifth >>> i & 1) << 4;
            int high = pair >> 4 | (fifth >>> i + 16 & 1) << 4;
            target.set(F32, to + 4L * i, d * low + m);
            target.set(F32, to + 4L * (i + 16), d * high + m);
        }
    }

    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        float m = smallest(x);
        float d = (largest(x) - m) / 31;
        float inverse = inverse(d);
        int fifth = 0;
        putHalf(target, to, d);
        putHalf(target, to + 2, m);
        for (int i = 0; i < 16; i++) {
            int low = level((x[i] - m) * inverse + 0.5f, 31);
            int high = level((x[i + 16] - m) * inverse + 0.5f, 31);
            fifth |= low >> 4 << i | high >> 4 << i + 16;
            putByte(target, to + 8 + i, low & 15 | (high & 15) << 4);
        }
        target.set(LE32, to + 4, fifth);
    }
}

package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// Q4_1, 20 bytes for 32 elements: `x = d * q + m`, `q` in 0..15.
///
/// | bytes | content |
/// |---|---|
/// | 0..1 | `d`, f16 |
/// | 2..3 | `m`, f16 |
/// | 4..19 | byte `i`: low nibble `q[i]`, high nibble `q[i + 16]` |
final class Q4AffineCodec extends BlockCodec {
    static final Q4AffineCodec INSTANCE = new Q4AffineCodec();

    private Q4AffineCodec() {
        super(DType.Q4_1);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from);
        float m = half(source, from + 2);
        for (int i = 0; i < 16; i++) {
            int pair = unsigned(source, from + 4 + i);
            target.set(F32, to + 4L * i, d * (pair & 15) + m);
            target.set(F32, to + 4L * (i + 16), d * (pair >> 4) + m);
        }
    }

    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        float m = smallest(x);
        float d = (largest(x) - m) / 15;
        float inverse = inverse(d);
        putHalf(target, to, d);
        putHalf(target, to + 2, m);
        for (int i = 0; i < 16; i++) {
            int low = level((x[i] - m) * inverse + 0.5f, 15);
            int high = level((x[i + 16] - m) * inverse + 0.5f, 15);
            putByte(target, to + 4 + i, low | high << 4);
        }
    }
}

package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Q8_0, 34 bytes for 32 elements: `x = d * q`.
///
/// | bytes | content |
/// |---|---|
/// | 0..1 | `d`, f16 |
/// | 2..33 | `q[i]`, signed, one byte each |
final class Q8Codec extends BlockCodec {
    static final Q8Codec INSTANCE = new Q8Codec();

    private Q8Codec() {
        super(DType.Q8_0);
    }

    @Override
    void decodeBlock(MemorySegment source, long from, MemorySegment target, long to) {
        float d = half(source, from);
        for (int i = 0; i < 32; i++) {
            target.set(F32, to + 4L * i, d * source.get(ValueLayout.JAVA_BYTE, from + 2 + i));
        }
    }

    @Override
    void encodeBlock(float[] x, MemorySegment target, long to) {
        float d = Math.abs(extreme(x)) / 127;
        float inverse = inverse(d);
        putHalf(target, to, d);
        for (int i = 0; i < 32; i++) {
            putByte(target, to + 2 + i, Math.clamp(awayFromZero(x[i] * inverse), -127, 127));
        }
    }

    /// Nearest whole number, ties away from zero, which is what every other writer of this format does. Adding
    /// a half
    /// and cutting would lift 0.49999997 to 1.
    private static int awayFromZero(float value) {
        float size = Math.abs(value);
        float floor = (float) Math.floor(size);
        int rounded = (int) (floor + (size - floor >= 0.5f ? 1 : 0));
        return value < 0 ? -rounded : rounded;
    }
}

package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// The upper half of an IEEE 754 binary32, little endian: 2 bytes an element. Encoding rounds to nearest, ties
/// to even;
/// a NaN stays a NaN (made quiet).
final class Bf16Codec implements Codec {
    static final Bf16Codec INSTANCE = new Bf16Codec();

    private static final int QUIET = 1 << 6;

    @Override
    public DType dtype() {
        return DType.BF16;
    }

    @Override
    public void decode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        for (int i = 0; i < n; i++) {
            int upper = source.get(BlockCodec.LE16, sourceOffset + 2L * i) << 16;
            target.set(BlockCodec.F32, targetOffset + 4L * i, Float.intBitsToFloat(upper));
        }
    }

    @Override
    public void encode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        for (int i = 0; i < n; i++) {
            float value = source.get(BlockCodec.F32, sourceOffset + 4L * i);
            target.set(BlockCodec.LE16, targetOffset + 2L * i, round(value));
        }
    }

    private static short round(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | QUIET);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}

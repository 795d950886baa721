package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// IEEE 754 binary16, little endian: 2 bytes an element. Encoding rounds to nearest, ties to even, and beyond
/// 65504 to
/// infinity.
final class F16Codec implements Codec {
    static final F16Codec INSTANCE = new F16Codec();

    @Override
    public DType dtype() {
        return DType.F16;
    }

    @Override
    public void decode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        for (int i = 0; i < n; i++) {
            target.set(BlockCodec.F32, targetOffset + 4L * i, BlockCodec.half(source, sourceOffset + 2L * i));
        }
    }

    @Override
    public void encode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        for (int i = 0; i < n; i++) {
            BlockCodec.putHalf(target, targetOffset + 2L * i, source.get(BlockCodec.F32, sourceOffset + 4L * i));
        }
    }
}

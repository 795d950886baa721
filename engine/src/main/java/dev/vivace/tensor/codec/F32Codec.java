package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// IEEE 754 binary32, little endian: 4 bytes an element.
final class F32Codec implements Codec {
    static final F32Codec INSTANCE = new F32Codec();

    private static final ValueLayout.OfFloat LITTLE =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public void decode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        MemorySegment.copy(source, LITTLE, sourceOffset, target, ValueLayout.JAVA_FLOAT_UNALIGNED, targetOffset, n);
    }

    @Override
    public void encode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        MemorySegment.copy(source, ValueLayout.JAVA_FLOAT_UNALIGNED, sourceOffset, target, LITTLE, targetOffset, n);
    }
}

package dev.vivace.tensor.codec;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The walk over blocks that all quantized formats share.
abstract sealed class BlockCodec implements Codec
        permits Q4Codec, Q4AffineCodec, Q5Codec, Q5AffineCodec, Q8Codec, Q4KCodec, Q5KCodec, Q6KCodec {
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Scales and minima are f16, so nothing beyond its largest value can be stored.
    private static final float LARGEST = 65504;

    private final DType dtype;

    BlockCodec(DType dtype) {
        this.dtype = dtype;
    }

    @Override
    public final DType dtype() {
        return dtype;
    }

    @Override
    public final void decode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        int block = dtype.blockElements();
        checkWhole(n, block);
        long from = sourceOffset;
        long to = targetOffset;
        for (int done = 0; done < n; done += block) {
            decodeBlock(source, from, target, to);
            from += dtype.blockBytes();
            to += 4L * block;
        }
    }

    @Override
    public final void encode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n) {
        int block = dtype.blockElements();
        checkWhole(n, block);
        float[] values = new float[block];
        long to = targetOffset;
        for (int done = 0; done < n; done += block) {
            for (int i = 0; i < block; i++) {
                float value = source.get(F32, sourceOffset + 4L * (done + i));
                if (!(Math.abs(value) <= LARGEST)) {
                    throw new FormatException(
                            "element " + (done + i) + " is " + value + ", but " + dtype + " holds at most ±65504");
                }
                values[i] = value;
            }
            encodeBlock(values, target, to);
            to += dtype.blockBytes();
        }
    }

    /// Decodes the block at byte `from` into f32 at byte `to`.
    abstract void decodeBlock(MemorySegment source, long from, MemorySegment target, long to);

    /// Encodes one block of finite values at byte `to`.
    abstract void encodeBlock(float[] x, MemorySegment target, long to);

    private void checkWhole(int n, int block) {
        if (n < 0 || n % block != 0) {
            throw new OptionException("n=" + n + " elements are not whole " + dtype + " blocks of " + block);
        }
    }

    static float half(MemorySegment source, long at) {
        return Float.float16ToFloat(source.get(LE16, at));
    }

    static void putHalf(MemorySegment target, long at, float value) {
        target.set(LE16, at, Float.floatToFloat16(value));
    }

    static int unsigned(MemorySegment source, long at) {
        return source.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    static void putByte(MemorySegment target, long at, int value) {
        target.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    /// The element of largest magnitude, with its sign; the first of equals.
    static float extreme(float[] x) {
        float extreme = 0;
        for (float value : x) {
            if (Math.abs(value) > Math.abs(extreme)) {
                extreme = value;
            }
        }
        return extreme;
    }

    static float smallest(float[] x) {
        float smallest = x[0];
        for (float value : x) {
            smallest = Math.min(smallest, value);
        }
        return smallest;
    }

    static float largest(float[] x) {
        float largest = x[0];
        for (float value : x) {
            largest = Math.max(largest, value);
        }
        return largest;
    }

    /// 1/scale, and 0 for a block of equal values, whose levels do not matter.
    static float inverse(float scale) {
        return scale == 0 ? 0 : 1 / scale;
    }

    /// Cuts `value` to `0..top`.
    static int level(float value, int top) {
        return Math.clamp((int) value, 0, top);
    }
}

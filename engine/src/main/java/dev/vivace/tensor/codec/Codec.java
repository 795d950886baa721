package dev.vivace.tensor.codec;

import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;

/// Converts rows of one storage format to f32 and back. Stateless; safe for all threads.
///
/// Decoding is exact: the bits are those that the formula beside the codec gives in f32 arithmetic, in the order
/// written. Encoding picks the levels: nearest for the plain types, the usual largest-magnitude scale for the
/// blocks of
/// 32,
/// a least-squares search for the super-blocks of 256. Memory on the f32 side is in the machine's byte order
/// and may be
/// unaligned; the encoded side is little endian.
public sealed interface Codec permits BlockCodec, Bf16Codec, F16Codec, F32Codec {
    /// The codec of `dtype`.
    static Codec of(DType dtype) {
        return switch (dtype) {
            case F32 -> F32Codec.INSTANCE;
            case F16 -> F16Codec.INSTANCE;
            case BF16 -> Bf16Codec.INSTANCE;
            case Q4_0 -> Q4Codec.INSTANCE;
            case Q4_1 -> Q4AffineCodec.INSTANCE;
            case Q5_0 -> Q5Codec.INSTANCE;
            case Q5_1 -> Q5AffineCodec.INSTANCE;
            case Q8_0 -> Q8Codec.INSTANCE;
            case Q4_K -> Q4KCodec.INSTANCE;
            case Q5_K -> Q5KCodec.INSTANCE;
            case Q6_K -> Q6KCodec.INSTANCE;
        };
    }

    /// The format this codec reads and writes.
    DType dtype();

    /// Writes `n` elements to `target` as f32.
    ///
    /// @param source encoded elements
    /// @param sourceOffset byte offset of the first block
    /// @param target receives `4 * n` bytes
    /// @param targetOffset byte offset of the first f32
    /// @param n elements, a multiple of the format's block
    /// @throws dev.vivace.OptionException when `n` is not whole blocks
    void decode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n);

    /// Writes `n` f32 elements to `target` in this format.
    ///
    /// @param source f32 elements
    /// @param sourceOffset byte offset of the first f32
    /// @param target receives `dtype().bytes(n)` bytes
    /// @param targetOffset byte offset of the first block
    /// @param n elements, a multiple of the format's block
    /// @throws dev.vivace.OptionException when `n` is not whole blocks
    /// @throws dev.vivace.FormatException when a quantized format meets a value that is not finite or beyond ±65504
    void encode(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int n);
}

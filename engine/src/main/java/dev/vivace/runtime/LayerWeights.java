package dev.vivace.runtime;

import dev.vivace.seam.Packed;
import java.lang.foreign.MemorySegment;

/// A decoder layer, packed. Vectors are f32; `NULL` where the family has none.
///
/// @param mixerNorm before the mixer `[width]`
/// @param query `[heads * keyDim, width]`
/// @param key `[kvHeads * keyDim, width]`
/// @param value `[kvHeads * valueDim, width]`
/// @param output `[width, heads * valueDim]`
/// @param queryBias `[heads * keyDim]`
/// @param keyBias `[kvHeads * keyDim]`
/// @param valueBias `[kvHeads * valueDim]`
/// @param queryNorm `[keyDim]`
/// @param keyNorm `[keyDim]`
/// @param mixerPostNorm after the mixer `[width]`
/// @param feedForwardNorm before the feed-forward layer `[width]`
/// @param gate `[hidden, width]`
/// @param up `[hidden, width]`
/// @param down `[width, hidden]`
/// @param feedForwardPostNorm after it `[width]`
record LayerWeights(
        MemorySegment mixerNorm,
        Packed query,
        Packed key,
        Packed value,
        Packed output,
        MemorySegment queryBias,
        MemorySegment keyBias,
        MemorySegment valueBias,
        MemorySegment queryNorm,
        MemorySegment keyNorm,
        MemorySegment mixerPostNorm,
        MemorySegment feedForwardNorm,
        Packed gate,
        Packed up,
        Packed down,
        MemorySegment feedForwardPostNorm) {}

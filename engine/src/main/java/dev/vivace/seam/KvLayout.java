package dev.vivace.seam;

import dev.vivace.OptionException;
import dev.vivace.tensor.DType;

/// How a layer's pages are laid out.
///
/// @param dtype stored type of resident keys and values: F16 or F32
/// @param form whether keys are stored rotated
/// @param annexBytes side data of each page, 0 or more
public record KvLayout(DType dtype, KeyForm form, int annexBytes) {
    /// Slots of a page. Fixed: spans of attention are made of whole pages.
    public static final int PAGE_TOKENS = 64;

    /// Checks the type.
    public KvLayout {
        if (dtype != DType.F16 && dtype != DType.F32) {
            throw new OptionException("KV cache type is " + dtype + ", expected F16 or F32");
        }
        if (annexBytes < 0) {
            throw new OptionException("KV annex is " + annexBytes + " bytes, expected 0 or more");
        }
    }
}

package dev.vivace.kernel.x86;

import java.util.List;

/// Operations that have several kernels at one level, all of them right; which is faster, a machine has to be asked.
public enum Alternative {
    /// Prefill by F16 and BF16 weights: in f32, or rounded to bf16 with VDPBF16PS or AMX tiles.
    PREFILL_HALVES("prefill by F16 and BF16 weights", Way.F32, Way.BF16, Way.TILES);

    /// How an operation is done.
    public enum Way {
        /// With f32 multiply-adds.
        F32,
        /// With bf16 dot products.
        BF16,
        /// With tiles of bf16.
        TILES
    }

    private final String title;
    private final List<Way> ways;

    Alternative(String title, Way... ways) {
        this.title = title;
        this.ways = List.of(ways);
    }

    /// What is done, in plain words.
    public String title() {
        return title;
    }

    /// All ways, the one first that is taken where nothing was measured.
    public List<Way> ways() {
        return ways;
    }
}

package dev.vivace.kernel.x86;

import java.util.List;

/// Operations that have several kernels at one level, all of them right; which is faster, a machine has to be asked.
public enum Alternative {
    /// Prefill by F16 weights.
    PREFILL_F16("prefill by F16 weights", Way.TILES, Way.BF16, Way.F32),
    /// Prefill by BF16 weights.
    PREFILL_BF16("prefill by BF16 weights", Way.TILES, Way.BF16, Way.F32);

    /// How an operation is done.
    public enum Way {
        /// With the bf16 products of AMX tiles.
        TILES,
        /// With bf16 dot products of vectors.
        BF16,
        /// With f32 multiply-adds.
        F32
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

    /// All ways, the one first that should be best; it wins where a measurement finds no difference.
    public List<Way> ways() {
        return ways;
    }
}

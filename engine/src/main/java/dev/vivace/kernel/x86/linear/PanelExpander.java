package dev.vivace.kernel.x86.linear;

/// Turns a packed panel of some format into one of bf16, so that all formats can share the kernels of
/// [Bf16Product].
///
/// The result: for every two inputs 64 bytes, sixteen outputs of a pair of bf16 each, the first input's in the lower
/// half; as many as fill tiles of 32 inputs, zeros after the last input. Sixteen pairs are a tile of AMX.
interface PanelExpander {
    /// Inputs of a tile.
    int TILE_COLUMNS = 32;

    /// Bytes of a tile.
    int TILE_BYTES = 1024;

    /// Expands the panel at address `panel`, of `columns` inputs, to address `out`.
    void expand(long panel, int columns, long out);

    /// Bytes of an expanded panel of `columns` inputs.
    static long bytes(int columns) {
        return (long) tiles(columns) * TILE_BYTES;
    }

    /// Tiles of `columns` inputs.
    static int tiles(int columns) {
        return (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
    }
}

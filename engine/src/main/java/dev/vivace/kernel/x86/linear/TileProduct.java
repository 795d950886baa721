package dev.vivace.kernel.x86.linear;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vivace.kernel.InputForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Multiplies inputs in tiles by expanded panels on AMX: two tiles of rows by two panels at a time, so that each tile
/// that is loaded is used twice. Where rows begin or end inside a tile, its configuration has fewer rows: nothing
/// else is read or written.
///
/// Safe for all threads.
final class TileProduct {
    /// Bytes of scratch.
    static final int SCRATCH = TileKernel.ARGUMENTS;

    private static final int CONFIGURATION = 64;
    private static final int TILES = 8;
    private static final int WEIGHTS = 6;

    private final TileKernel.Caller[] kernels = new TileKernel.Caller[4];

    /// One configuration for each number of rows, kept for good like code.
    private final long configurations;

    /// @param loader what runs kernels
    TileProduct(TileKernel.Loader loader) {
        for (int i = 0; i < kernels.length; i++) {
            kernels[i] = loader.load(1 + i / 2, 1 + i % 2);
        }
        this.configurations = configurations().address();
    }

    /// Palette 1; bytes of a row from byte 16, two bytes a tile; rows from byte 48, one byte a tile.
    private static MemorySegment configurations() {
        MemorySegment all = Arena.global().allocate((long) Bf16Inputs.TILE_ROWS * CONFIGURATION, CONFIGURATION);
        for (int rows = 1; rows <= Bf16Inputs.TILE_ROWS; rows++) {
            MemorySegment one = all.asSlice((rows - 1L) * CONFIGURATION, CONFIGURATION);
            one.set(JAVA_BYTE, 0, (byte) 1);
            for (int tile = 0; tile < TILES; tile++) {
                one.set(JAVA_SHORT, 16 + 2L * tile, (short) 64);
                one.set(JAVA_BYTE, 48L + tile, (byte) (tile < WEIGHTS ? rows : Bf16Inputs.TILE_ROWS));
            }
        }
        return all;
    }

    /// Multiplies rows `[rowFrom, rowTo)` of the inputs that were prepared at address `inputs`; sums of `rowFrom` go
    /// to `y`.
    ///
    /// @param panels panels of [PanelExpander#bytes], one after another
    /// @param scratch at least [#SCRATCH] bytes
    void multiply(
            long panels,
            int count,
            int columns,
            long inputs,
            int rowFrom,
            int rowTo,
            long y,
            long yStride,
            MemorySegment scratch) {
        long panelBytes = PanelExpander.bytes(columns);
        scratch.set(JAVA_LONG, TileKernel.PANEL_BYTES, panelBytes);
        scratch.set(JAVA_LONG, TileKernel.STEPS, PanelExpander.tiles(columns));
        scratch.set(JAVA_LONG, TileKernel.Y_STRIDE, yStride);
        for (int panel = 0; panel < count; ) {
            int together = Math.min(2, count - panel);
            scratch.set(JAVA_LONG, TileKernel.PANELS, panels + panel * panelBytes);
            long target = y + (long) Float.BYTES * PanelFormat.OUTPUTS * panel;
            for (int row = rowFrom; row < rowTo; ) {
                scratch.set(JAVA_LONG, TileKernel.X, inputs + Bf16Inputs.offset(InputForm.TILES, row, columns));
                scratch.set(JAVA_LONG, TileKernel.Y, target + (row - rowFrom) * yStride);
                row += rows(row, rowTo, together, scratch);
            }
            panel += together;
        }
    }

    /// The next rows: as many pairs of whole tiles as there are, or a tile, or a part of one. How many rows were
    /// done.
    private int rows(int row, int rowTo, int panels, MemorySegment scratch) {
        int tile = Bf16Inputs.TILE_ROWS;
        int inside = row % tile;
        int pairs = inside == 0 ? (rowTo - row) / (2 * tile) : 0;
        int rows = pairs > 0 ? tile : Math.min(tile - inside, rowTo - row);
        scratch.set(JAVA_LONG, TileKernel.REPEATS, Math.max(1, pairs));
        scratch.set(JAVA_LONG, TileKernel.CONFIG, configurations + (rows - 1L) * CONFIGURATION);
        kernels[(pairs > 0 ? 2 : 0) + panels - 1].call(scratch.address());
        return pairs > 0 ? pairs * 2 * tile : rows;
    }
}

package dev.vivace.kernel.x86.linear;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.Target;
import java.lang.foreign.MemorySegment;

/// Multiplies any number of rows by any number of panels, tile by tile. Panels are the outer loop: their memory is
/// read once, and all rows use it while it is near.
///
/// Safe for all threads.
final class PanelProduct {
    /// Bytes of scratch.
    static final int SCRATCH = PanelTile.ARGUMENTS;

    /// Bytes of a panel's sums of one row.
    private static final long SUM_BYTES = Float.BYTES * PanelFormat.OUTPUTS;

    /// Bytes of panels that a call reads at most, unless one group has more: a thread inside emitted code holds back
    /// garbage collection.
    private static final long CALL_BYTES = 4 << 20;

    private final PanelUnit unit;
    private final boolean wide;
    private final Kernel[][] kernels;

    PanelProduct(Target target, PanelUnit unit) {
        this.unit = unit;
        this.wide = target.wide();
        this.kernels = new Kernel[maxRows(1) + 1][5];
        for (int panels = 1; panels <= 4; panels *= 2) {
            for (int rows = 1; rows <= maxRows(panels); rows++) {
                int r = rows;
                int p = panels;
                kernels[rows][panels] = new Kernel(() -> PanelTile.of(target, unit, r, p));
            }
        }
    }

    /// Row `r` of the inputs lies at `x + r * xStride`, its sums go to `y + r * yStride`.
    ///
    /// @param columns inputs of a panel
    /// @param scratch at least [#SCRATCH] bytes
    void multiply(
            long panels,
            long panelBytes,
            int count,
            int columns,
            long x,
            long xStride,
            int rows,
            long y,
            long yStride,
            MemorySegment scratch) {
        scratch.set(JAVA_LONG, PanelTile.PANEL_BYTES, panelBytes);
        scratch.set(JAVA_LONG, PanelTile.X_STRIDE, xStride);
        scratch.set(JAVA_LONG, PanelTile.Y_STRIDE, yStride);
        scratch.set(JAVA_LONG, PanelTile.STEPS, unit.steps(columns));
        scratch.set(JAVA_LONG, PanelTile.REST, unit.hasRest(columns) ? 1 : 0);
        int most = panels(rows);
        int tiles = (rows + maxRows(most) - 1) / maxRows(most);
        for (int panel = 0; panel < count; ) {
            int together = Math.min(most, Integer.highestOneBit(count - panel));
            int groups = (count - panel) / together;
            scratch.set(JAVA_LONG, PanelTile.SPREAD, groups * panelBytes);
            scratch.set(JAVA_LONG, PanelTile.Y_SPREAD, groups * SUM_BYTES);
            // Rows of one tile go through many panels in a call; those of several share each group while it is near.
            int atOnce = tiles == 1 ? (int) Math.max(1, CALL_BYTES / (together * panelBytes)) : 1;
            for (int group = 0; group < groups; group += atOnce) {
                for (int tile = 0; tile < tiles; tile++) {
                    int from = (int) ((long) rows * tile / tiles);
                    int to = (int) ((long) rows * (tile + 1) / tiles);
                    scratch.set(JAVA_LONG, PanelTile.PANELS, panels + (panel + group) * panelBytes);
                    scratch.set(JAVA_LONG, PanelTile.GROUPS, Math.min(atOnce, groups - group));
                    scratch.set(JAVA_LONG, PanelTile.X, x + from * xStride);
                    scratch.set(JAVA_LONG, PanelTile.Y, y + from * yStride + (panel + group) * SUM_BYTES);
                    kernels[to - from][together].call(scratch.address(), 0, 0, 0, 0, 0);
                }
            }
            panel += together * groups;
        }
    }

    /// How many panels a tile has for so many rows: several, so that few rows have enough independent sums to keep
    /// the multipliers busy.
    private int panels(int rows) {
        if (wide) {
            return rows <= 6 ? 4 : 2;
        }
        return rows == 1 ? 4 : rows == 2 ? 2 : 1;
    }

    /// The most rows of a tile of so many panels.
    private int maxRows(int panels) {
        return switch (panels) {
            case 1 -> wide ? 12 : 6;
            case 2 -> wide ? 12 : 2;
            default -> wide ? 6 : 1;
        };
    }
}

package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.x86.Target;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Multiplies inputs in bf16 by panels in bf16, the layout of [PanelExpander]; sums are in f32.
///
/// Products are exact, sums are rounded at each step in an order that depends on the form alone; denormal factors and
/// sums count as zero.
/// Panels of other formats are expanded to scratch first, two at a time, once for all rows.
///
/// Safe for all threads.
final class Bf16Product {
    private static final int TOGETHER = 2;
    private static final int EXPANDED = PanelProduct.SCRATCH;

    private final InputForm form;
    private final PanelProduct pairs;
    private final @Nullable TileProduct tiles;

    /// @param form BF16 or TILES
    Bf16Product(Target target, InputForm form) {
        this(target, form, TileKernel.Loader.NATIVE);
    }

    /// @param loader what runs the kernels on tiles
    Bf16Product(Target target, InputForm form, TileKernel.Loader loader) {
        if (form != InputForm.BF16 && form != InputForm.TILES) {
            throw new IllegalArgumentException("form=" + form + ", expected BF16 or TILES");
        }
        this.form = form;
        this.pairs = new PanelProduct(target, PanelUnit.BF16_PAIRS);
        this.tiles = form == InputForm.TILES ? new TileProduct(loader) : null;
    }

    /// The form in which inputs must be.
    InputForm form() {
        return form;
    }

    /// Bytes of scratch.
    static long scratchBytes(int columns) {
        return EXPANDED + TOGETHER * PanelExpander.bytes(columns);
    }

    /// Multiplies rows `[rowFrom, rowTo)` by panels that are bf16 already; see [PanelFormat#multiply].
    void multiply(
            long panels,
            int count,
            int columns,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            long y,
            long yStride,
            MemorySegment scratch) {
        if (tiles != null) {
            long prepared = inputs.prepared.address();
            tiles.multiply(panels, count, columns, prepared, rowFrom, rowTo, y, yStride, scratch);
            return;
        }
        long panelBytes = PanelExpander.bytes(columns);
        long xStride = Bf16Inputs.rowBytes(columns);
        long x = inputs.prepared.address() + Bf16Inputs.offset(form, rowFrom, columns);
        pairs.multiply(panels, panelBytes, count, columns, x, xStride, rowTo - rowFrom, y, yStride, scratch);
    }

    /// As above for panels of another format.
    ///
    /// @param panelBytes bytes from one packed panel to the next
    void multiply(
            PanelExpander expander,
            long panels,
            long panelBytes,
            int count,
            int columns,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            long y,
            long yStride,
            MemorySegment scratch) {
        long expanded = scratch.address() + EXPANDED;
        for (int panel = 0; panel < count; panel += TOGETHER) {
            int now = Math.min(TOGETHER, count - panel);
            for (int i = 0; i < now; i++) {
                expander.expand(
                        panels + (panel + i) * panelBytes, columns, expanded + i * PanelExpander.bytes(columns));
            }
            long target = y + (long) Float.BYTES * PanelFormat.OUTPUTS * panel;
            multiply(expanded, now, columns, inputs, rowFrom, rowTo, target, yStride, scratch);
        }
    }
}

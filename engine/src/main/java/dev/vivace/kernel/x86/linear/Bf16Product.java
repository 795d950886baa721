package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.x86.Target;
import java.lang.foreign.MemorySegment;

/// Multiplies inputs in bf16 by panels in bf16, the layout of [PanelExpander]; sums are in f32.
///
/// Each pair of inputs adds two products, exact in themselves, to the sum; denormal factors and sums count as zero.
/// Panels of other formats are expanded to scratch first, two at a time, once for all rows.
///
/// Safe for all threads.
final class Bf16Product {
    private static final int TOGETHER = 2;
    private static final int EXPANDED = 64;

    private final InputForm form;
    private final PanelProduct pairs;

    /// @param form BF16
    Bf16Product(Target target, InputForm form) {
        this.form = form;
        this.pairs = new PanelProduct(target, PanelUnit.BF16_PAIRS);
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

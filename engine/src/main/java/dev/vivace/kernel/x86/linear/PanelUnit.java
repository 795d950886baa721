package dev.vivace.kernel.x86.linear;

/// What a step, 64 bytes of a panel, holds, and how it is multiplied.
enum PanelUnit {
    /// One input in f32.
    F32(1),
    /// Two inputs in f16, sixteen outputs of the first and then of the second; widened to f32.
    F16(2),
    /// Two inputs in bf16, each output's in one 32-bit lane, the first in the lower half; widened to f32.
    BF16(2),
    /// As [#BF16], multiplied in pairs by inputs that are bf16 as well (VDPBF16PS).
    BF16_PAIRS(2);

    private final int columns;

    PanelUnit(int columns) {
        this.columns = columns;
    }

    /// Inputs of a step.
    int columns() {
        return columns;
    }

    /// f32-sized elements that a step reads of a row of inputs, each for all lanes.
    int broadcasts() {
        return this == BF16_PAIRS ? 1 : columns;
    }

    /// Whole steps of `columns` inputs; where inputs come in pairs, the last pair is filled up with zeros.
    int steps(int columns) {
        return this == BF16_PAIRS ? (columns + 1) / 2 : columns / this.columns;
    }

    /// Whether an input remains after the whole steps.
    boolean hasRest(int columns) {
        return this != BF16_PAIRS && columns % this.columns != 0;
    }
}

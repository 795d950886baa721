package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/// Plain weights: F32, F16, BF16, kept exactly. Decode and verify widen them to f32 and add up in f32 with fused
/// multiply-adds.
final class FloatPanels implements PanelFormat {
    private final PanelPacking packing;
    private final PanelProduct product;

    private FloatPanels(DType dtype, Target target) {
        this.packing = new PanelPacking(dtype);
        this.product = new PanelProduct(target, unit(dtype));
    }

    /// The format for weights of `dtype`.
    ///
    /// @throws IllegalArgumentException if they are quantized
    static PanelFormat of(DType dtype, Target target) {
        return new FloatPanels(dtype, target);
    }

    private static PanelUnit unit(DType dtype) {
        return switch (dtype) {
            case F32 -> PanelUnit.F32;
            case F16 -> PanelUnit.F16;
            case BF16 -> PanelUnit.BF16;
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K ->
                throw new IllegalArgumentException(dtype + " is quantized");
        };
    }

    @Override
    public InputForm inputForm(Phase phase) {
        return InputForm.F32;
    }

    @Override
    public long panelBytes(int columns) {
        return packing.panelBytes(columns);
    }

    @Override
    public void pack(Tensor tensor, int from, int to, MemorySegment out) {
        packing.pack(tensor, from, to, out);
    }

    @Override
    public long scratchBytes(int columns) {
        return PanelProduct.SCRATCH;
    }

    @Override
    public void multiply(
            Phase phase,
            long panels,
            int count,
            int columns,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            long y,
            long yStride,
            MemorySegment scratch) {
        long x = inputs.x.data().address() + inputs.x.offset(rowFrom);
        long xStride = (long) Float.BYTES * inputs.x.stride();
        int rows = rowTo - rowFrom;
        product.multiply(panels, panelBytes(columns), count, columns, x, xStride, rows, y, yStride, scratch);
    }
}

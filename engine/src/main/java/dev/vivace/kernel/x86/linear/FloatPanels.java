package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.x86.Alternative.Way;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Plain weights: F32, F16, BF16.
///
/// Decode and verify widen them to f32, exactly, and add up in f32 with fused multiply-adds. So does prefill where
/// inputs stay f32; where they are bf16, so become the weights: BF16 stays as it is, F16 is rounded. F32 always
/// multiplies in f32.
final class FloatPanels implements PanelFormat {
    private final PanelPacking packing;
    private final PanelProduct product;
    private final InputForm prefill;
    private final @Nullable Bf16Product bf16;
    private final @Nullable PanelExpander expander;

    private FloatPanels(DType dtype, Target target, InputForm prefill) {
        this.packing = new PanelPacking(dtype);
        this.product = new PanelProduct(target, unit(dtype));
        this.prefill = dtype == DType.F32 ? InputForm.F32 : prefill;
        this.bf16 = this.prefill == InputForm.F32 ? null : new Bf16Product(target, prefill);
        this.expander = dtype == DType.F16 ? new F16Expander() : null;
    }

    /// The format for weights of `dtype`, with the prefill that this level of machine should be best at.
    ///
    /// @throws IllegalArgumentException if they are quantized
    static PanelFormat of(DType dtype, Target target) {
        return of(dtype, target, best(target));
    }

    /// As [#of].
    ///
    /// @param prefill how prefill multiplies: F32, or BF16 or TILES where the target has them
    static PanelFormat of(DType dtype, Target target, InputForm prefill) {
        return new FloatPanels(dtype, target, prefill);
    }

    /// As [#of], with the prefill that a measurement chose, if it did.
    static PanelFormat of(DType dtype, Target target, Optional<Way> measured) {
        return of(dtype, target, measured.map(FloatPanels::form).orElse(best(target)));
    }

    private static InputForm form(Way way) {
        return switch (way) {
            case TILES -> InputForm.TILES;
            case BF16 -> InputForm.BF16;
            case F32 -> InputForm.F32;
        };
    }

    private static InputForm best(Target target) {
        return !target.bf16() ? InputForm.F32 : target.tiles() ? InputForm.TILES : InputForm.BF16;
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
        return phase.isPrefill() ? prefill : InputForm.F32;
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
        return bf16 == null ? PanelProduct.SCRATCH : Bf16Product.scratchBytes(columns);
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
        if (phase.isPrefill() && bf16 != null) {
            if (expander == null) {
                bf16.multiply(panels, count, columns, inputs, rowFrom, rowTo, y, yStride, scratch);
            } else {
                long bytes = panelBytes(columns);
                bf16.multiply(expander, panels, bytes, count, columns, inputs, rowFrom, rowTo, y, yStride, scratch);
            }
            return;
        }
        long x = inputs.x.data().address() + inputs.x.offset(rowFrom);
        long xStride = (long) Float.BYTES * inputs.x.stride();
        int rows = rowTo - rowFrom;
        product.multiply(panels, panelBytes(columns), count, columns, x, xStride, rows, y, yStride, scratch);
    }
}

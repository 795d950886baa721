package dev.vivace.kernel.x86.linear;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.x86.GuardedMemory;
import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.X86Levels;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Levels, weights and inputs for the tests of plain weights. All memory ends at guard pages.
final class FloatFixtures {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    private FloatFixtures() {}

    /// The emitted levels that this machine has.
    static List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (Isa isa : new Isa[] {Isa.AVX2, Isa.AVX512, Isa.VNNI, Isa.AMX}) {
            try {
                targets.add(X86Levels.target(isa));
            } catch (UnsupportedException absent) {
                assert absent.getMessage().contains(isa.name()) : absent;
            }
        }
        return targets;
    }

    /// Random weights in -1..1.
    static Tensor weights(Arena arena, DType dtype, int rows, int columns, SplittableRandom random) {
        MemorySegment data = GuardedMemory.allocate(arena, dtype.bytes((long) rows * columns));
        Tensor tensor = new Tensor("w", dtype, rows, columns, data);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                setWeight(tensor, r, c, (float) random.nextDouble(-1, 1));
            }
        }
        return tensor;
    }

    /// Sets a weight to what its type makes of `value`, bf16 cut off.
    static void setWeight(Tensor tensor, int row, int column, float value) {
        long index = (long) row * tensor.columns() + column;
        if (tensor.dtype() == DType.F32) {
            tensor.data().set(F32, 4 * index, value);
        } else if (tensor.dtype() == DType.F16) {
            tensor.data().set(U16, 2 * index, Float.floatToFloat16(value));
        } else {
            tensor.data().set(U16, 2 * index, (short) (Float.floatToRawIntBits(value) >> 16));
        }
    }

    /// The weight as f32.
    static float weight(Tensor tensor, int row, int column) {
        long index = (long) row * tensor.columns() + column;
        if (tensor.dtype() == DType.F32) {
            return tensor.data().get(F32, 4 * index);
        }
        short bits = tensor.data().get(U16, 2 * index);
        return tensor.dtype() == DType.F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }

    /// Random inputs in -1..1, NaN where rows are padded.
    static Inputs inputs(Arena arena, int rows, int columns, SplittableRandom random) {
        Matrix x = GuardedMemory.matrix(arena, rows, columns);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < (r < rows - 1 ? x.stride() : columns); c++) {
                float value = c < columns ? (float) random.nextDouble(-1, 1) : Float.NaN;
                x.data().set(F32, x.offset(r) + 4L * c, value);
            }
        }
        return new Inputs(x);
    }

    /// Rows `[rowFrom, rowTo)` of the product by all panels of `tensor`; row 0 of the result is `rowFrom`.
    static Matrix product(
            Arena arena, PanelFormat format, Phase phase, Tensor tensor, Inputs inputs, int rowFrom, int rowTo) {
        int panels = panels(tensor);
        return product(arena, format, phase, pack(arena, format, tensor), panels, inputs, rowFrom, rowTo);
    }

    static int panels(Tensor tensor) {
        return (tensor.rows() + PanelFormat.OUTPUTS - 1) / PanelFormat.OUTPUTS;
    }

    /// All panels of `tensor`.
    static MemorySegment pack(Arena arena, PanelFormat format, Tensor tensor) {
        MemorySegment packed = GuardedMemory.allocate(arena, panels(tensor) * format.panelBytes(tensor.columns()));
        format.pack(tensor, 0, panels(tensor), packed);
        return packed;
    }

    /// Brings inputs into `form`.
    static void prepare(Arena arena, InputForm form, Inputs inputs) {
        inputs.form = form;
        if (form != InputForm.F32) {
            Bf16Inputs bf16 = new Bf16Inputs(form);
            inputs.prepared = GuardedMemory.allocate(arena, bf16.inputBytes(inputs.x.rows(), inputs.x.columns()));
            bf16.prepare(inputs, 0, inputs.x.rows());
        }
    }

    /// The nearest bf16, ties to even, denormals to zero; for finite numbers.
    static float toBf16(float value) {
        if (Math.abs(value) < Float.MIN_NORMAL) {
            return value * 0;
        }
        int bits = Float.floatToRawIntBits(value);
        int upper = bits >>> 16;
        int lower = bits & 0xFFFF;
        if (lower > 0x8000 || lower == 0x8000 && upper % 2 != 0) {
            upper++;
        }
        return Float.intBitsToFloat(upper << 16);
    }

    /// As [#product] with packed panels.
    static Matrix product(
            Arena arena,
            PanelFormat format,
            Phase phase,
            MemorySegment packed,
            int panels,
            Inputs inputs,
            int rowFrom,
            int rowTo) {
        Matrix y = GuardedMemory.matrix(arena, rowTo - rowFrom, PanelFormat.OUTPUTS * panels);
        int columns = inputs.x.columns();
        MemorySegment scratch = GuardedMemory.allocate(arena, format.scratchBytes(columns));
        format.multiply(
                phase,
                packed.address(),
                panels,
                columns,
                inputs,
                rowFrom,
                rowTo,
                y.data().address(),
                4L * y.stride(),
                scratch);
        return y;
    }
}

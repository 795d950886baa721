package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Tasks;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.x86.Alternative;
import dev.vivace.kernel.x86.NativeMemory;
import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.Tuning;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import dev.vivace.tensor.codec.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Weights: packing, decoding a row, multiplying. Formats work on whole panels; slices that cut through a panel are
/// computed into scratch and copied from there.
public final class LinearKernels {
    /// Rows that are computed at a time where a panel is cut through.
    private static final int PART_ROWS = 64;

    /// Packed bytes of a task: so many that handing it out costs nothing, so few that all workers end together.
    private static final long TASK_BYTES = 1 << 17;

    private static final long PART_STRIDE = 4L * PanelFormat.OUTPUTS;

    /// By the type's ordinal.
    private final PanelFormat[] formats = new PanelFormat[DType.values().length];
    private final Int8Inputs int8;
    private final Bf16Inputs bf16 = new Bf16Inputs(InputForm.BF16);
    private final Bf16Inputs tiles = new Bf16Inputs(InputForm.TILES);

    /// @param target what may be emitted
    public LinearKernels(Target target) {
        this(target, Tuning.NONE);
    }

    /// @param target what may be emitted
    /// @param tuning which kernel is taken where there are several
    public LinearKernels(Target target, Tuning tuning) {
        this.int8 = new Int8Inputs(target);
        for (DType dtype : DType.values()) {
            formats[dtype.ordinal()] = format(dtype, target, tuning);
        }
    }

    private static PanelFormat format(DType dtype, Target target, Tuning tuning) {
        return switch (dtype) {
            case F32 -> FloatPanels.of(dtype, target);
            case F16 -> FloatPanels.of(dtype, target, tuning.way(Alternative.PREFILL_F16));
            case BF16 -> FloatPanels.of(dtype, target, tuning.way(Alternative.PREFILL_BF16));
            case Q4_0 -> new BlockPanels(new Q4Format(false), target);
            case Q4_1 -> new BlockPanels(new Q4Format(true), target);
            case Q5_0 -> new BlockPanels(new Q5Format(false), target);
            case Q5_1 -> new BlockPanels(new Q5Format(true), target);
            case Q8_0 -> new BlockPanels(new Q8Format(), target);
            case Q4_K -> new BlockPanels(new SuperBlockFormat(false), target);
            case Q5_K -> new BlockPanels(new SuperBlockFormat(true), target);
            case Q6_K -> new BlockPanels(new Q6KFormat(), target);
        };
    }

    /// Bytes of scratch that a worker brings for matrices of up to `columns` columns.
    public long scratchBytes(int columns) {
        long most = 0;
        for (PanelFormat format : formats) {
            most = Math.max(most, format.scratchBytes(columns));
        }
        return Matrix.ALIGNMENT + PART_ROWS * PART_STRIDE + most;
    }

    /// See [dev.vivace.kernel.Kernels#pack].
    public Weights pack(Tensor tensor, Arena arena) {
        return pack(tensor, arena, Tasks.ALONE);
    }

    /// See [dev.vivace.kernel.Kernels#pack].
    public Weights pack(Tensor tensor, Arena arena, Tasks tasks) {
        PanelFormat format = formats[tensor.dtype().ordinal()];
        MemorySegment out = NativeMemory.allocate(packedBytes(tensor), arena);
        if (tensor.data().isNative()) {
            pack(tensor, format, out, tasks);
        } else {
            try (Arena own = Arena.ofShared()) {
                MemorySegment copy = own.allocate(tensor.data().byteSize(), Matrix.ALIGNMENT);
                copy.copyFrom(tensor.data());
                Tensor here = new Tensor(tensor.name(), tensor.dtype(), tensor.rows(), tensor.columns(), copy);
                pack(here, format, out, tasks);
            }
        }
        return new PanelWeights(tensor, format, out);
    }

    private static void pack(Tensor tensor, PanelFormat format, MemorySegment out, Tasks tasks) {
        int panels = PanelWeights.count(tensor.rows());
        long panelBytes = format.panelBytes(tensor.columns());
        int together = (int) Math.max(1, TASK_BYTES / panelBytes);
        if (panels <= 2 * together) {
            format.pack(tensor, 0, panels, out);
            return;
        }
        tasks.run((panels + together - 1) / together, task -> {
            int from = task * together;
            format.pack(tensor, from, Math.min(panels, from + together), out.asSlice(from * panelBytes));
        });
    }

    /// See [dev.vivace.kernel.Kernels#packedBytes].
    public long packedBytes(Tensor tensor) {
        return PanelWeights.count(tensor.rows()) * formats[tensor.dtype().ordinal()].panelBytes(tensor.columns());
    }

    /// See [dev.vivace.kernel.Kernels#decode].
    public void decode(Weights weights, int row, MemorySegment out, long offset) {
        Tensor tensor = ((PanelWeights) weights).tensor();
        Codec.of(tensor.dtype()).decode(tensor.data(), row * tensor.rowBytes(), out, offset, tensor.columns());
    }

    /// See [dev.vivace.kernel.Kernels#inputForm].
    public InputForm inputForm(Weights weights, Phase phase) {
        return ((PanelWeights) weights).format().inputForm(phase);
    }

    /// See [dev.vivace.kernel.Kernels#inputBytes].
    public long inputBytes(InputForm form, int rows, int columns) {
        return switch (form) {
            case F32 -> 0;
            case INT8 -> Int8Block.bytes(rows, columns);
            case BF16 -> bf16.inputBytes(rows, columns);
            case TILES -> tiles.inputBytes(rows, columns);
        };
    }

    /// See [dev.vivace.kernel.Kernels#prepare].
    public void prepare(Inputs inputs, int rowFrom, int rowTo) {
        switch (inputs.form) {
            case F32 -> {}
            case INT8 -> int8.prepare(inputs, rowFrom, rowTo);
            case BF16 -> bf16.prepare(inputs, rowFrom, rowTo);
            case TILES -> tiles.prepare(inputs, rowFrom, rowTo);
        }
    }

    /// See [dev.vivace.kernel.Kernels#multiply].
    public void multiply(
            Weights weights,
            Phase phase,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            Matrix y,
            int from,
            int to,
            MemorySegment scratch) {
        if (rowFrom >= rowTo || from >= to) {
            return;
        }
        PanelWeights own = (PanelWeights) weights;
        int output = from;
        if (output % PanelFormat.OUTPUTS != 0) {
            int end = Math.min(to, (output / PanelFormat.OUTPUTS + 1) * PanelFormat.OUTPUTS);
            part(own, phase, inputs, rowFrom, rowTo, y, output, end, scratch);
            output = end;
        }
        int panels = (to - output) / PanelFormat.OUTPUTS;
        if (panels > 0) {
            long target = y.data().address() + y.offset(rowFrom) + 4L * output;
            own.format()
                    .multiply(
                            phase,
                            own.address(output / PanelFormat.OUTPUTS),
                            panels,
                            own.columns(),
                            inputs,
                            rowFrom,
                            rowTo,
                            target,
                            4L * y.stride(),
                            scratch);
            output += panels * PanelFormat.OUTPUTS;
        }
        if (output < to) {
            part(own, phase, inputs, rowFrom, rowTo, y, output, to, scratch);
        }
    }

    /// Outputs `[from, to)` of one panel.
    private static void part(
            PanelWeights weights,
            Phase phase,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            Matrix y,
            int from,
            int to,
            MemorySegment scratch) {
        int panel = from / PanelFormat.OUTPUTS;
        int first = from % PanelFormat.OUTPUTS;
        // At the end of the scratch; formats use its beginning. A slice of its own would be an object a call.
        long part = (scratch.byteSize() - PART_ROWS * PART_STRIDE) / Matrix.ALIGNMENT * Matrix.ALIGNMENT;
        for (int row = rowFrom; row < rowTo; row += PART_ROWS) {
            int end = Math.min(rowTo, row + PART_ROWS);
            weights.format()
                    .multiply(
                            phase,
                            weights.address(panel),
                            1,
                            weights.columns(),
                            inputs,
                            row,
                            end,
                            scratch.address() + part,
                            PART_STRIDE,
                            scratch);
            for (int r = row; r < end; r++) {
                long source = part + (r - row) * PART_STRIDE + 4L * first;
                for (int o = from; o < to; o++) {
                    float sum = scratch.get(ValueLayout.JAVA_FLOAT, source + 4L * (o - from));
                    y.data().set(ValueLayout.JAVA_FLOAT, y.offset(r) + 4L * o, sum);
                }
            }
        }
    }

    /// See [dev.vivace.kernel.Kernels#multiplySome].
    public void multiplySome(
            Weights weights,
            Phase phase,
            Inputs inputs,
            int rowFrom,
            int rowTo,
            Matrix y,
            int[] outputs,
            int from,
            int to,
            MemorySegment scratch) {
        int i = from;
        while (i < to) {
            int end = i + 1;
            while (end < to && outputs[end] == outputs[end - 1] + 1) {
                end++;
            }
            multiply(weights, phase, inputs, rowFrom, rowTo, y, outputs[i], outputs[end - 1] + 1, scratch);
            i = end;
        }
    }
}

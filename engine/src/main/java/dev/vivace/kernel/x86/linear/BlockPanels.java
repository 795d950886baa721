package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.Target;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A quantized format: int8 inputs, all phases alike.
final class BlockPanels implements PanelFormat {
    /// How far ahead of its use a weight is asked for where each is used once or a few times, bytes.
    private static final int AHEAD = 4096;

    private final BlockFormat format;
    private final Kernel pack;
    /// By rows of the tile, less one.
    private final Kernel[] streaming;
    private final Kernel[] reusing;

    BlockPanels(BlockFormat format, Target target) {
        this.format = format;
        this.pack = new Kernel(() -> BlockPacker.emit(format, target));
        int most = BlockRegisters.mostRows(target);
        this.streaming = new Kernel[most];
        this.reusing = new Kernel[most];
        for (int i = 0; i < most; i++) {
            int rows = i + 1;
            streaming[i] = new Kernel(() -> BlockMultiply.emit(format, target, rows, AHEAD));
            reusing[i] = new Kernel(() -> BlockMultiply.emit(format, target, rows, 0));
        }
    }

    @Override
    public InputForm inputForm(Phase phase) {
        return InputForm.INT8;
    }

    private int units(int columns) {
        return columns / format.unitColumns();
    }

    @Override
    public long panelBytes(int columns) {
        long bytes = (long) units(columns) * (format.levelBytes() + format.scaleBytes());
        return (bytes + 63) / 64 * 64;
    }

    @Override
    public void pack(Tensor tensor, int from, int to, MemorySegment out) {
        int units = units(tensor.columns());
        long rowBytes = tensor.rowBytes();
        long panelBytes = panelBytes(tensor.columns());
        int whole = Math.max(from, Math.min(to, tensor.rows() / OUTPUTS));
        try (Arena arena = Arena.ofConfined()) {
            long distances = distances(OUTPUTS, rowBytes, arena);
            for (int panel = from; panel < to; panel++) {
                if (panel == whole) {
                    distances = distances(tensor.rows() - whole * OUTPUTS, rowBytes, arena);
                }
                long levels = out.address() + (panel - from) * panelBytes;
                long scales = levels + (long) units * format.levelBytes();
                pack.call(tensor.data().address() + panel * OUTPUTS * rowBytes, distances, levels, scales, units, 0);
            }
        }
    }

    /// Where a panel's rows lie, counted from its first; the last of `rows` rows stands for those that are missing.
    private static long distances(int rows, long rowBytes, Arena arena) {
        int[] distances = new int[OUTPUTS];
        for (int i = 0; i < OUTPUTS; i++) {
            distances[i] = Math.toIntExact(Math.min(i, rows - 1) * rowBytes);
        }
        MemorySegment copy = arena.allocate(4L * OUTPUTS, 64);
        MemorySegment.copy(distances, 0, copy, ValueLayout.JAVA_INT, 0, OUTPUTS);
        return copy.address();
    }

    @Override
    public long scratchBytes(int columns) {
        return 0;
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
        Kernel[] kernels = phase.isPrefill() ? reusing : streaming;
        long strideAndUnits = yStride | (long) units(columns) << 32;
        int row = rowFrom;
        while (row < rowTo) {
            int place = row % Int8Block.ROWS;
            int rows = Math.min(Math.min(rowTo - row, Int8Block.ROWS - place), kernels.length);
            long group = inputs.prepared.address() + Int8Block.group(row, columns);
            long bytes = group + (long) Int8Block.COLUMNS * place;
            long numbers = group + Int8Block.SCALE + 4L * place;
            long target = y + (row - rowFrom) * yStride;
            kernels[rows - 1].call(panels, bytes, numbers, target, strideAndUnits, count);
            row += rows;
        }
    }
}

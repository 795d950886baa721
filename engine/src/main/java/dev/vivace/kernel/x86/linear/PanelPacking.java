package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Packs rows of plain numbers into panels: 64 bytes of sixteen rows become 1 KiB, 32-bit words transposed. Of 16-bit
/// numbers a word holds two neighbours: bf16 keeps them together, f16 is parted into sixteen of the first and sixteen
/// of the second, as its conversion reads them.
///
/// A panel is a whole number of such blocks, zeros after the last input. 256-bit code serves all levels: it is faster
/// than memory.
final class PanelPacking {
    private static final int LINE = 64;
    private static final int BLOCK = LINE * PanelFormat.OUTPUTS;
    private static final int ROWS_OF_A_BASE = 3;
    private static final Gpr[] BASES = {Gpr.RDI, Gpr.RAX, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11};
    private static final Gpr STRIDE = Gpr.RSI;
    private static final Gpr OUT = Gpr.RDX;
    private static final Gpr COUNT = Gpr.RCX;
    private static final Vec ORDER = Vec.ymm(15);

    private final DType dtype;
    private final Kernel kernel;

    PanelPacking(DType dtype) {
        this.dtype = dtype;
        this.kernel = new Kernel(() -> code(dtype == DType.F16));
    }

    /// Bytes of a panel.
    long panelBytes(int columns) {
        return (dtype.bytes(columns) + LINE - 1) / LINE * BLOCK;
    }

    /// See [PanelFormat#pack].
    void pack(Tensor tensor, int from, int to, MemorySegment out) {
        assert out.byteSize() >= (to - from) * panelBytes(tensor.columns());
        long rowBytes = tensor.rowBytes();
        long whole = rowBytes / LINE;
        for (int panel = from; panel < to; panel++) {
            long target = out.address() + (panel - from) * panelBytes(tensor.columns());
            int row = panel * PanelFormat.OUTPUTS;
            long done = 0;
            if (row + PanelFormat.OUTPUTS <= tensor.rows() && tensor.data().isNative() && whole > 0) {
                kernel.call(tensor.data().address() + row * rowBytes, rowBytes, target, whole, 0, 0);
                done = whole;
            }
            if (done * LINE < rowBytes) {
                staged(tensor, row, done * LINE, target + done * BLOCK);
            }
        }
    }

    /// Packs the bytes of a panel from `from` on by way of a copy: where rows are missing, or the last block is not
    /// whole, or the memory belongs to Java.
    private void staged(Tensor tensor, int row, long from, long target) {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = tensor.rowBytes() - from;
            long stride = (bytes + LINE - 1) / LINE * LINE;
            MemorySegment copy = arena.allocate(stride * PanelFormat.OUTPUTS, LINE);
            for (int r = 0; r < PanelFormat.OUTPUTS; r++) {
                long source = Math.min(row + r, tensor.rows() - 1) * tensor.rowBytes() + from;
                MemorySegment.copy(tensor.data(), source, copy, r * stride, bytes);
            }
            kernel.call(copy.address(), stride, target, stride / LINE, 0, 0);
        }
    }

    /// `(first row, bytes from row to row, out, blocks)`, at least one block.
    private static Code code(boolean parts) {
        Assembler a = new Assembler("pack " + (parts ? "f16" : "words"));
        if (parts) {
            a.emit(Op.VBROADCASTF128, ORDER, a.words(0x05040100, 0x0D0C0908, 0x07060302, 0x0F0E0B0A));
        }
        for (int i = 1; i < BASES.length; i++) {
            a.lea(BASES[i], Mem.at(BASES[i - 1], STRIDE, 2, 0));
            a.add(BASES[i], STRIDE);
        }
        Label more = a.here();
        for (int rows = 0; rows < PanelFormat.OUTPUTS; rows += 8) {
            for (int word = 0; word < LINE / 4; word += 4) {
                transpose(a, parts, rows, word);
            }
        }
        for (Gpr base : BASES) {
            a.add(base, LINE);
        }
        a.add(OUT, BLOCK);
        a.dec(COUNT);
        a.jump(Condition.NE, more);
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }

    /// Four words of eight rows.
    private static void transpose(Assembler a, boolean parts, int rows, int word) {
        for (int i = 0; i < 4; i++) {
            a.emit(Op.VMOVUPS, Vec.xmm(i), source(rows + i, word));
            a.emit(Op.VINSERTF128, 1, Vec.ymm(i), Vec.ymm(i), source(rows + i + 4, word));
        }
        for (int i = 0; i < 4; i += 2) {
            a.emit(Op.VUNPCKLPS, Vec.ymm(4 + i), Vec.ymm(i), Vec.ymm(i + 1));
            a.emit(Op.VUNPCKHPS, Vec.ymm(5 + i), Vec.ymm(i), Vec.ymm(i + 1));
        }
        for (int i = 0; i < 4; i++) {
            Op op = i % 2 == 0 ? Op.VUNPCKLPD : Op.VUNPCKHPD;
            a.emit(op, Vec.ymm(i), Vec.ymm(4 + i / 2), Vec.ymm(6 + i / 2));
            Mem target = Mem.at(OUT, LINE * (word + i) + (parts ? 2 : 4) * rows);
            if (parts) {
                a.emit(Op.VPSHUFB, Vec.ymm(i), Vec.ymm(i), ORDER);
                a.emit(Op.VPERMQ, 0xD8, Vec.ymm(i), Vec.ymm(i));
                a.emit(Op.VMOVUPS_STORE, target, Vec.xmm(i));
                a.emit(Op.VEXTRACTF128, 1, target.plus(LINE / 2), Vec.ymm(i));
            } else {
                a.emit(Op.VMOVUPS_STORE, target, Vec.ymm(i));
            }
        }
    }

    private static Mem source(int row, int word) {
        Gpr base = BASES[row / ROWS_OF_A_BASE];
        int beside = row % ROWS_OF_A_BASE;
        return beside == 0 ? Mem.at(base, 4 * word) : Mem.at(base, STRIDE, beside, 4 * word);
    }
}

package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// Inputs rounded to bf16, to nearest even, padded with zeros to whole tiles of 32 columns: row by row
/// ([InputForm#BF16]), or in tiles of 16 rows, all tiles of the same rows one after another ([InputForm#TILES]).
/// Needs 512-bit vectors with bf16. Denormal inputs become zeros.
final class Bf16Inputs {
    /// Rows of a tile.
    static final int TILE_ROWS = 16;

    private static final int PART_BYTES = 64;
    private static final int LANES = 16;

    private final InputForm form;
    private final Kernel kernel = new Kernel(Bf16Inputs::code);

    /// @param form BF16 or TILES
    Bf16Inputs(InputForm form) {
        if (form != InputForm.BF16 && form != InputForm.TILES) {
            throw new IllegalArgumentException("form=" + form + ", expected BF16 or TILES");
        }
        this.form = form;
    }

    /// See [dev.vivace.kernel.Kernels#inputBytes].
    long inputBytes(int rows, int columns) {
        long padded = form == InputForm.TILES ? (rows + TILE_ROWS - 1L) / TILE_ROWS * TILE_ROWS : rows;
        return padded * rowBytes(columns);
    }

    /// Bytes of a row of `columns` columns.
    static long rowBytes(int columns) {
        return (long) PanelExpander.tiles(columns) * PART_BYTES;
    }

    /// Bytes from the start of the prepared inputs to the first 32 columns of row `row`.
    static long offset(InputForm form, int row, int columns) {
        return form == InputForm.TILES
                ? row / TILE_ROWS * (TILE_ROWS * rowBytes(columns)) + row % TILE_ROWS * PART_BYTES
                : row * rowBytes(columns);
    }

    /// See [dev.vivace.kernel.Kernels#prepare].
    void prepare(Inputs inputs, int rowFrom, int rowTo) {
        int columns = inputs.x.columns();
        assert inputs.prepared.byteSize() >= inputBytes(rowTo, columns) : "bytes=" + inputs.prepared.byteSize();
        long parts = form == InputForm.TILES ? PanelExpander.TILE_BYTES : PART_BYTES;
        int rest = columns % PanelExpander.TILE_COLUMNS;
        long lanes = (1L << rest) - 1;
        for (int row = rowFrom; row < rowTo; row++) {
            long x = inputs.x.data().address() + inputs.x.offset(row);
            long out = inputs.prepared.address() + offset(form, row, columns);
            kernel.call(x, out, columns / PanelExpander.TILE_COLUMNS, parts, lanes, 0);
        }
    }

    /// `(row, out, whole parts of 32 columns, bytes from part to part, lanes of the last part or 0)`.
    private static Code code() {
        Assembler a = new Assembler("inputs to bf16");
        Label rest = a.label();
        Label end = a.label();
        a.test(Gpr.RDX, Gpr.RDX);
        a.jump(Condition.E, rest);
        Label more = a.here();
        part(a, Mask.K0, Mask.K0);
        a.add(Gpr.RDI, Float.BYTES * 2 * LANES);
        a.add(Gpr.RSI, Gpr.RCX);
        a.dec(Gpr.RDX);
        a.jump(Condition.NE, more);
        a.bind(rest);
        a.test(Gpr.R8, Gpr.R8);
        a.jump(Condition.E, end);
        a.emit(Op.KMOVW_GPR, Mask.K1, Gpr.R8);
        a.shr(Gpr.R8, LANES);
        a.emit(Op.KMOVW_GPR, Mask.K2, Gpr.R8);
        part(a, Mask.K1, Mask.K2);
        a.bind(end);
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }

    private static void part(Assembler a, Mask... lanes) {
        for (int half = 0; half < 2; half++) {
            Vec wide = Vec.zmm(half);
            Vec loaded = lanes[half] == Mask.K0 ? wide : wide.maskZero(lanes[half]);
            a.emit(Op.VMOVUPS, loaded, Mem.at(Gpr.RDI, Float.BYTES * LANES * half));
            a.emit(Op.VCVTNEPS2BF16, Vec.ymm(half), wide);
            a.emit(Op.VMOVUPS_STORE, Mem.at(Gpr.RSI, PART_BYTES / 2 * half), Vec.ymm(half));
        }
    }
}

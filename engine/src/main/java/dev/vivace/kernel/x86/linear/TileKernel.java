package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.Kernel;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Tile;

/// Emits the product of one or two tiles of rows and one or two panels on AMX; sums stay in tiles over all inputs.
/// Arguments lie in memory, see the constants; RDI points at them. Tiles are configured and released inside each
/// call, so that no thread ever holds their state.
final class TileKernel {
    /// Address of the first panel.
    static final int PANELS = 0;
    /// Bytes from one panel to the next.
    static final int PANEL_BYTES = 8;
    /// Address of the first tile of inputs.
    static final int X = 16;
    /// Tiles of a panel, and of a row of inputs.
    static final int STEPS = 24;
    /// Address of the first sum.
    static final int Y = 32;
    /// Bytes from one row of sums to the next.
    static final int Y_STRIDE = 40;
    /// How many times: each goes on with the rows after.
    static final int REPEATS = 48;
    /// Address of the tiles' configuration.
    static final int CONFIG = 56;
    /// Bytes of all arguments.
    static final int ARGUMENTS = 64;

    private static final int TILE = PanelExpander.TILE_BYTES;
    private static final int ROW_SHIFT = 4;

    private static final Gpr TILE_STRIDE = Gpr.R9;
    private static final Gpr SUM_STRIDE = Gpr.R10;
    private static final Gpr[] ROWS = {Gpr.RSI, Gpr.RAX};
    private static final Gpr[] WEIGHTS = {Gpr.R11, Gpr.R8};
    private static final Gpr SUMS = Gpr.RDX;
    private static final Gpr COUNT = Gpr.RCX;
    private static final Gpr AGAIN = Gpr.RBX;

    private TileKernel() {}

    /// One kernel that can be called.
    interface Caller {
        /// @param arguments where the arguments lie
        void call(long arguments);
    }

    /// Makes kernels.
    interface Loader {
        /// The processor runs them.
        Loader NATIVE = (rows, panels) -> {
            Kernel kernel = new Kernel(() -> of(rows, panels));
            return arguments -> kernel.call(arguments, 0, 0, 0, 0, 0);
        };

        /// The kernel for `rows` tiles of rows by `panels` panels.
        Caller load(int rows, int panels);
    }

    /// The code for `rows` tiles of rows by `panels` panels.
    static Code of(int rows, int panels) {
        Assembler a = new Assembler("tiles " + rows + "x" + panels);
        a.push(AGAIN);
        a.mov(COUNT, Mem.at(Gpr.RDI, CONFIG));
        a.emit(Op.LDTILECFG, Mem.at(COUNT));
        a.mov(ROWS[0], Mem.at(Gpr.RDI, X));
        a.mov(SUMS, Mem.at(Gpr.RDI, Y));
        a.mov(SUM_STRIDE, Mem.at(Gpr.RDI, Y_STRIDE));
        a.mov(AGAIN, Mem.at(Gpr.RDI, REPEATS));
        a.mov(TILE_STRIDE, TILE / Bf16Inputs.TILE_ROWS);
        Label again = a.here();
        sums(a, rows, panels);
        store(a, rows, panels);
        a.dec(AGAIN);
        a.jump(Condition.NE, again);
        a.emit(Op.TILERELEASE);
        a.pop(AGAIN);
        a.ret();
        return a.finish();
    }

    private static void sums(Assembler a, int rows, int panels) {
        a.mov(WEIGHTS[0], Mem.at(Gpr.RDI, PANELS));
        a.mov(WEIGHTS[1], Mem.at(Gpr.RDI, PANEL_BYTES));
        a.add(WEIGHTS[1], WEIGHTS[0]);
        a.mov(COUNT, Mem.at(Gpr.RDI, STEPS));
        a.imul(ROWS[1], COUNT, TILE);
        a.add(ROWS[1], ROWS[0]);
        for (int r = 0; r < rows; r++) {
            for (int p = 0; p < panels; p++) {
                a.emit(Op.TILEZERO, sum(r, p));
            }
        }
        Label more = a.here();
        for (int r = 0; r < rows; r++) {
            a.emit(Op.TILELOADD, input(r), Mem.at(ROWS[r], TILE_STRIDE, 1, 0));
            for (int p = 0; p < panels; p++) {
                if (r == 0) {
                    a.emit(Op.TILELOADD, weight(p), Mem.at(WEIGHTS[p], TILE_STRIDE, 1, 0));
                }
                a.emit(Op.TDPBF16PS, sum(r, p), input(r), weight(p));
            }
        }
        for (int i = 0; i < 2; i++) {
            a.add(ROWS[i], TILE);
            a.add(WEIGHTS[i], TILE);
        }
        a.dec(COUNT);
        a.jump(Condition.NE, more);
    }

    /// Stores the sums and goes on to the rows after.
    private static void store(Assembler a, int rows, int panels) {
        for (int r = 0; r < rows; r++) {
            for (int p = 0; p < panels; p++) {
                a.emit(Op.TILESTORED, Mem.at(SUMS, SUM_STRIDE, 1, Float.BYTES * PanelFormat.OUTPUTS * p), sum(r, p));
            }
            a.mov(COUNT, SUM_STRIDE);
            a.shl(COUNT, ROW_SHIFT);
            a.add(SUMS, COUNT);
        }
        // After the last step each pointer stands where the next tile of rows begins.
        a.mov(ROWS[0], ROWS[rows - 1]);
    }

    private static Tile sum(int row, int panel) {
        return Tile.values()[2 * row + panel];
    }

    private static Tile input(int row) {
        return Tile.values()[4 + row];
    }

    private static Tile weight(int panel) {
        return Tile.values()[6 + panel];
    }
}

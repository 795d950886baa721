package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Operand;
import dev.vivace.kernel.x86.asm.Vec;
import java.util.ArrayList;
import java.util.List;

/// Emits the product of `rows` rows and `panels` panels: each sum has a lane of a register to itself and takes its
/// terms in the order of inputs, so that its bits are the same in every tile. Arguments lie in memory, see the
/// constants; RDI points at them.
///
/// One call goes through groups of panels. The panels of a group lie apart, so that each is the start of a run of
/// memory that goes on through all groups: the processor follows a few long streams, and asks ahead without ever
/// starting anew.
final class PanelTile {
    /// Address of the first panel.
    static final int PANELS = 0;
    /// Bytes from one group of panels to the next.
    static final int PANEL_BYTES = 8;
    /// Address of the first row of inputs.
    static final int X = 16;
    /// Bytes from one row of inputs to the next.
    static final int X_STRIDE = 24;
    /// Address of the first sum.
    static final int Y = 32;
    /// Bytes from one row of sums to the next.
    static final int Y_STRIDE = 40;
    /// Whole steps of a panel.
    static final int STEPS = 48;
    /// Whether an input remains after the steps, 0 or 1.
    static final int REST = 56;
    /// How many groups of panels there are, at least one.
    static final int GROUPS = 64;
    /// Bytes from one panel of a group to the next.
    static final int SPREAD = 72;
    /// Bytes from one panel's sums to the next one's.
    static final int Y_SPREAD = 80;
    /// Bytes of all arguments.
    static final int ARGUMENTS = 128;

    /// Bytes that lie between what is read and what is asked for, in each panel.
    private static final int AHEAD = 2048;

    private static final int STEP_BYTES = 64;
    private static final int ROWS_OF_A_BASE = 3;

    private static final Gpr COUNT = Gpr.RAX;
    private static final Gpr SUMS = Gpr.RCX;
    private static final Gpr STRIDE = Gpr.RDX;
    private static final Gpr[] POINTERS = {Gpr.RSI, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.R12};

    private final Target target;
    private final PanelUnit unit;
    private final int rows;
    private final int panels;

    /// Vectors of a panel.
    private final int halves;

    private final Assembler a;
    private final List<Gpr> weights = new ArrayList<>();
    private final List<Gpr> inputs = new ArrayList<>();

    private PanelTile(Target target, PanelUnit unit, int rows, int panels) {
        this.target = target;
        this.unit = unit;
        this.rows = rows;
        this.panels = panels;
        this.halves = PanelFormat.OUTPUTS / target.lanes();
        this.a = new Assembler("panels " + unit + " " + rows + "x" + panels + " " + target.isa());
        int bases = (rows + ROWS_OF_A_BASE - 1) / ROWS_OF_A_BASE;
        if (panels + bases > POINTERS.length || constant() < first() || vectors() * rows > sums(target)) {
            throw new IllegalArgumentException("rows=" + rows + " panels=" + panels + " need too many registers");
        }
        for (int i = 0; i < panels + bases; i++) {
            (i < panels ? weights : inputs).add(POINTERS[i]);
        }
    }

    /// Vectors of sums that a tile may have.
    static int sums(Target target) {
        return target.wide() ? 24 : 12;
    }

    /// The kernel for `rows` rows by `panels` panels.
    static Code of(Target target, PanelUnit unit, int rows, int panels) {
        return new PanelTile(target, unit, rows, panels).code();
    }

    private Code code() {
        a.push(Gpr.R12);
        if (unit == PanelUnit.BF16) {
            a.emit(Op.VBROADCASTSS, vec(constant()), a.words(0xFFFF0000));
        }
        Label more = a.here();
        arguments();
        for (int i = 0; i < rows * vectors(); i++) {
            a.emit(Op.VXORPS, low(i), low(i), low(i));
        }
        steps();
        if (unit.hasRest(1)) {
            rest();
        }
        store();
        advance();
        a.jump(Condition.NE, more);
        a.pop(Gpr.R12);
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }

    private void arguments() {
        a.mov(COUNT, Mem.at(Gpr.RDI, SPREAD));
        a.mov(weights.get(0), Mem.at(Gpr.RDI, PANELS));
        for (int p = 1; p < panels; p++) {
            a.lea(weights.get(p), Mem.at(weights.get(p - 1), COUNT, 1, 0));
        }
        a.mov(STRIDE, Mem.at(Gpr.RDI, X_STRIDE));
        a.mov(inputs.get(0), Mem.at(Gpr.RDI, X));
        for (int i = 1; i < inputs.size(); i++) {
            a.lea(inputs.get(i), Mem.at(inputs.get(i - 1), STRIDE, 2, 0));
            a.add(inputs.get(i), STRIDE);
        }
    }

    private void steps() {
        a.mov(COUNT, Mem.at(Gpr.RDI, STEPS));
        loop(rows * vectors() < 12 ? 4 : 2);
        loop(1);
    }

    private void loop(int unroll) {
        Label end = a.label();
        a.cmp(COUNT, unroll);
        a.jump(Condition.B, end);
        Label more = a.here();
        for (int u = 0; u < unroll; u++) {
            for (Gpr panel : weights) {
                a.prefetch(0, Mem.at(panel, AHEAD + STEP_BYTES * u));
            }
            for (int c = 0; c < unit.broadcasts(); c++) {
                column(STEP_BYTES * u, c, Float.BYTES * (unit.broadcasts() * u + c));
            }
        }
        for (Gpr panel : weights) {
            a.add(panel, STEP_BYTES * unroll);
        }
        for (Gpr base : inputs) {
            a.add(base, Float.BYTES * unit.broadcasts() * unroll);
        }
        a.sub(COUNT, unroll);
        a.cmp(COUNT, unroll);
        a.jump(Condition.AE, more);
        a.bind(end);
    }

    /// The last input where there is no second one.
    private void rest() {
        Label end = a.label();
        a.mov(COUNT, Mem.at(Gpr.RDI, REST));
        a.test(COUNT, COUNT);
        a.jump(Condition.E, end);
        column(0, 0, 0);
        a.bind(end);
    }

    /// One input, or one pair, of all rows and outputs.
    ///
    /// @param step bytes from the panels' pointers to the step
    /// @param column which of the step's inputs
    /// @param x bytes from the inputs' pointers to the input
    private void column(int step, int column, int x) {
        if (rows == 1) {
            a.emit(Op.VBROADCASTSS, vec(first()), input(0, x));
            for (int v = 0; v < vectors(); v++) {
                multiply(sum(0, v), vec(first()), weight(v, step, column, first() + 1 + v % 3));
            }
            return;
        }
        for (int v = 0; v < vectors(); v++) {
            Vec loaded = vec(first() + v);
            if (weight(v, step, column, first() + v) instanceof Mem memory) {
                a.emit(Op.VMOVUPS, loaded, memory);
            }
        }
        int free = constant() - first() - vectors();
        for (int r = 0; r < rows; r++) {
            Vec all = vec(first() + vectors() + r % free);
            a.emit(Op.VBROADCASTSS, all, input(r, x));
            for (int v = 0; v < vectors(); v++) {
                multiply(sum(r, v), all, vec(first() + v));
            }
        }
    }

    private void multiply(Vec sum, Vec input, Operand weight) {
        a.emit(unit == PanelUnit.BF16_PAIRS ? Op.VDPBF16PS : Op.VFMADD231PS, sum, input, weight);
    }

    /// A vector of weights: in memory where it lies there ready to use, else in register `free`.
    private Operand weight(int v, int step, int column, int free) {
        Gpr panel = weights.get(v / halves);
        int half = v % halves;
        Mem whole = Mem.at(panel, step + target.bits() / 8 * half);
        return switch (unit) {
            case F32, BF16_PAIRS -> whole;
            case F16 -> {
                a.emit(Op.VCVTPH2PS, vec(free), Mem.at(panel, step + 32 * column + target.bits() / 16 * half));
                yield vec(free);
            }
            case BF16 -> {
                if (column == 1) {
                    a.emit(Op.VANDPS, vec(free), vec(constant()), whole);
                } else if (target.wide()) {
                    a.emit(Op.VPSLLD, 16, vec(free), whole);
                } else {
                    a.emit(Op.VMOVUPS, vec(free), whole);
                    a.emit(Op.VPSLLD, 16, vec(free), vec(free));
                }
                yield vec(free);
            }
        };
    }

    private Mem input(int row, int displacement) {
        Gpr base = inputs.get(row / ROWS_OF_A_BASE);
        int beside = row % ROWS_OF_A_BASE;
        return beside == 0 ? Mem.at(base, displacement) : Mem.at(base, STRIDE, beside, displacement);
    }

    private void store() {
        a.mov(STRIDE, Mem.at(Gpr.RDI, Y_STRIDE));
        a.mov(COUNT, Mem.at(Gpr.RDI, Y));
        for (int p = 0; p < panels; p++) {
            a.mov(SUMS, COUNT);
            a.add(COUNT, Mem.at(Gpr.RDI, Y_SPREAD));
            for (int r = 0; r < rows; r++) {
                for (int half = 0; half < halves; half++) {
                    a.emit(Op.VMOVUPS_STORE, Mem.at(SUMS, target.bits() / 8 * half), sum(r, halves * p + half));
                }
                a.add(SUMS, STRIDE);
            }
        }
    }

    /// Goes on to the next group of panels; the flags say whether there is one.
    private void advance() {
        a.mov(COUNT, Mem.at(Gpr.RDI, PANEL_BYTES));
        a.add(COUNT, Mem.at(Gpr.RDI, PANELS));
        a.mov(Mem.at(Gpr.RDI, PANELS), COUNT);
        a.mov(COUNT, Mem.at(Gpr.RDI, Y));
        a.add(COUNT, Float.BYTES * PanelFormat.OUTPUTS);
        a.mov(Mem.at(Gpr.RDI, Y), COUNT);
        a.mov(COUNT, Mem.at(Gpr.RDI, GROUPS));
        a.dec(COUNT);
        a.mov(Mem.at(Gpr.RDI, GROUPS), COUNT);
    }

    /// Vectors of sums of a row.
    private int vectors() {
        return panels * halves;
    }

    private Vec sum(int row, int v) {
        return vec(row * vectors() + v);
    }

    private Vec vec(int index) {
        return Vec.of(index, target.bits());
    }

    /// The first register that holds no sum.
    private int first() {
        return rows * vectors();
    }

    /// The last register: the mask of upper halves.
    private int constant() {
        return target.wide() ? 31 : 15;
    }

    /// Clears a register in its shortest form where there is one: the rest of it is cleared too.
    private Vec low(int index) {
        return index < 16 ? Vec.of(index, Math.min(256, target.bits())) : vec(index);
    }
}

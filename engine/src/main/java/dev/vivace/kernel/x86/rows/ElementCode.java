package dev.vivace.kernel.x86.rows;

import static dev.vivace.kernel.x86.asm.Gpr.*;

import dev.vivace.kernel.Activation;
import dev.vivace.kernel.x86.Target;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Mask;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Vec;

/// What works on single elements: sums, activations, the cap on logits.
///
/// Everything with an exponential is written with `t = e^-|x|`, which neither overflows nor loses its last bits:
/// `sigmoid(x) = (x < 0 ? t : 1) / (1 + t)`, `tanh |x| = (1 - t^2) / (1 + t^2)`.
final class ElementCode {
    /// `2 sqrt(2 / pi)`.
    private static final float GELU = 1.5957691f;

    /// Below it the power series of tanh is better than the exponential.
    private static final float SMALL = 0.625f;

    /// `tanh x = x + x^3 (T0 + T1 x^2 + ...)` up to there, minimax of the relative error, last first.
    private static final float[] TANH = {-0.0057049785f, 0.020639079f, -0.053739712f, 0.13331442f, -0.33333281f};

    /// Registers of a vector.
    private static final int REGISTERS = 6;

    private static final Mask[] MASKS = {Mask.K4, Mask.K5, Mask.K6, Mask.K7};

    private final RowCode code;
    private final Assembler a;

    private ElementCode(String name, Target target) {
        this.code = new RowCode(name, target);
        this.a = code.a;
    }

    /// `(x, delta, x stride | delta stride, rows | columns, scale)`.
    static Code add(Target target) {
        return new ElementCode("add", target).add();
    }

    /// `(gate, up, out, gate stride | up stride, out stride, rows | columns)`.
    static Code gated(Activation activation, Target target) {
        return new ElementCode("gated " + activation, target).gated(activation);
    }

    /// `(x, x stride, rows | columns, cap)`.
    static Code softcap(Target target) {
        return new ElementCode("softcap", target).softcap();
    }

    private Code add() {
        Gpr rows = RCX;
        Gpr columns = R9;
        code.spread(factor(), R8);
        code.unpack(RCX, rows, columns);
        code.unpack(RDX, RDX, R8);
        code.rowStep(RDX, columns, RAX);
        code.rowStep(R8, columns, RAX);
        code.repeat(rows, () -> {
            code.columns(
                    columns,
                    RAX,
                    (part, masked) -> {
                        Vec x = code.vec(2 * part);
                        Vec delta = code.vec(2 * part + 1);
                        code.load(x, RDI, part, masked);
                        code.load(delta, RSI, part, masked);
                        code.emit(Op.VFMADD231PS, x, delta, factor());
                        code.store(RDI, part, x, masked);
                    },
                    RowCode.Pointer.to(RDI),
                    RowCode.Pointer.to(RSI));
            a.add(RDI, RDX);
            a.add(RSI, R8);
        });
        return code.finish();
    }

    private Code gated(Activation activation) {
        Gpr rows = R9;
        Gpr columns = R11;
        code.takeTurns();
        Exponential.keep(code);
        code.unpack(R9, rows, columns);
        code.unpack(RCX, RCX, R10);
        code.rowStep(RCX, columns, RAX);
        code.rowStep(R10, columns, RAX);
        code.rowStep(R8, columns, RAX);
        code.repeat(rows, () -> {
            code.columns(
                    columns,
                    RAX,
                    (part, masked) -> gated(activation, part, masked),
                    RowCode.Pointer.to(RDI),
                    RowCode.Pointer.to(RSI),
                    RowCode.Pointer.to(RDX));
            a.add(RDI, RCX);
            a.add(RSI, R10);
            a.add(RDX, R8);
        });
        return code.finish();
    }

    private void gated(Activation activation, int part, boolean masked) {
        Vec x = spare(part, 0);
        Vec t = spare(part, 1);
        Vec divisor = spare(part, 2);
        code.load(x, RDI, part, masked);
        switch (activation) {
            case SILU -> code.emit(Op.VANDPS, t, x, code.all(0x7FFFFFFF));
            case GELU_TANH -> {
                code.emit(Op.VMULPS, t, x, x);
                code.emit(Op.VMULPS, t, t, code.all(GELU * 0.044715f));
                code.emit(Op.VADDPS, t, t, code.all(GELU));
                code.emit(Op.VMULPS, t, t, x);
                code.emit(Op.VANDPS, t, t, code.all(0x7FFFFFFF));
            }
        }
        Exponential.negative(code, t, divisor.index());
        code.emit(Op.VADDPS, divisor, t, code.all(1f));
        // The numerator: t where x is negative.
        Vec numerator = spare(part, 3);
        code.fill(numerator, 1);
        code.whereNegative(numerator, x, t, mask(part));
        code.emit(Op.VMULPS, x, x, numerator);
        quotient(x, divisor, part);
        code.load(t, RSI, part, masked);
        code.emit(Op.VMULPS, x, x, t);
        code.store(RDX, part, x, masked);
    }

    /// `x /= divisor`, a number between 1 and 2.
    private void quotient(Vec x, Vec divisor, int part) {
        if (code.wide) {
            // A Newton step brings 14 bits to all: cheaper than a division where those are slow.
            Vec inverse = spare(part, 3);
            Vec error = spare(part, 4);
            code.emit(Op.VRCP14PS, inverse, divisor);
            code.fill(error, 1);
            code.emit(Op.VFNMADD231PS, error, divisor, inverse);
            code.emit(Op.VFMADD213PS, error, inverse, inverse);
            code.emit(Op.VMULPS, x, x, error);
        } else {
            code.emit(Op.VDIVPS, x, x, divisor);
        }
    }

    private Vec factor() {
        return code.vec(code.wide ? 24 : 13);
    }

    /// Registers of a vector; its neighbour, whose instructions come in between, has others.
    private Vec spare(int part, int index) {
        return code.vec(REGISTERS * (part % code.turns()) + index);
    }

    private static Mask mask(int part) {
        return MASKS[part % MASKS.length];
    }

    private Code softcap() {
        Gpr rows = RDX;
        Gpr columns = R8;
        code.spread(factor(), RCX);
        code.takeTurns();
        Exponential.keep(code);
        code.unpack(RDX, rows, columns);
        code.rowStep(RSI, columns, RAX);
        code.repeat(rows, () -> {
            code.columns(columns, RAX, this::softcap, RowCode.Pointer.to(RDI));
            a.add(RDI, RSI);
        });
        return code.finish();
    }

    private void softcap(int part, boolean masked) {
        Vec u = spare(part, 0);
        Vec t = spare(part, 1);
        Vec size = spare(part, 2);
        Vec divisor = spare(part, 3);
        Vec square = spare(part, 4);
        Vec near = spare(part, 5);
        code.load(u, RDI, part, masked);
        code.emit(Op.VDIVPS, u, u, factor());
        code.emit(Op.VANDPS, size, u, code.all(0x7FFFFFFF));
        code.emit(Op.VADDPS, t, size, size);
        Exponential.negative(code, t, divisor.index());
        code.emit(Op.VADDPS, divisor, t, code.all(1f));
        code.fill(square, 1);
        code.emit(Op.VSUBPS, t, square, t);
        code.emit(Op.VDIVPS, t, t, divisor);
        // All from here on without sign.
        code.emit(Op.VMULPS, square, size, size);
        code.fill(near, TANH[0]);
        for (int i = 1; i < TANH.length; i++) {
            code.emit(Op.VFMADD213PS, near, square, code.all(TANH[i]));
        }
        code.emit(Op.VMULPS, near, near, square);
        code.emit(Op.VFMADD213PS, near, size, size);
        code.whereLess(t, size, SMALL, near, mask(part));
        code.emit(Op.VANDPS, u, u, code.all(-0f));
        code.emit(Op.VORPS, t, t, u);
        code.emit(Op.VMULPS, t, t, factor());
        code.store(RDI, part, t, masked);
    }
}

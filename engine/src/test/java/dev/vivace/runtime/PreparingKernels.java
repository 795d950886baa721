package dev.vivace.runtime;

import dev.vivace.kernel.InputForm;
import dev.vivace.kernel.Inputs;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Weights;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;

/// The scalar kernels, but inputs must be prepared: with halved numbers, of which multiplying makes twice the
/// product. So a row that was not prepared, or not in its place, shows.
final class PreparingKernels {
    private static final ScalarKernels SCALAR = new ScalarKernels();

    private PreparingKernels() {}

    static Kernels create() {
        return (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "inputForm":
                            return form((Weights) arguments[0], (Phase) arguments[1]);
                        case "inputBytes":
                            return 4L * (int) arguments[1] * Matrix.strideOf((int) arguments[2]);
                        case "prepare":
                            prepare((Inputs) arguments[0], (int) arguments[1], (int) arguments[2]);
                            return null;
                        case "multiply", "multiplySome":
                            arguments[2] = prepared((Inputs) arguments[2], (Weights) arguments[0], arguments);
                            break;
                        default:
                            break;
                    }
                    try {
                        return method.invoke(SCALAR, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw Objects.requireNonNull(thrown.getCause());
                    }
                });
    }

    /// Wide matrices want another form in a prompt, so that not all fuse alike.
    private static InputForm form(Weights weights, Phase phase) {
        return phase.isPrefill() && weights.columns() > 64 ? InputForm.TILES : InputForm.INT8;
    }

    private static double factor(InputForm form) {
        return form == InputForm.TILES ? 0.25 : 0.5;
    }

    private static void prepare(Inputs inputs, int from, int to) {
        Matrix x = inputs.x;
        Matrix prepared = matrix(inputs, to);
        for (int row = from; row < to; row++) {
            for (int i = 0; i < x.columns(); i++) {
                prepared.set(row, i, (float) (x.at(row, i) * factor(inputs.form)));
            }
        }
    }

    private static Matrix matrix(Inputs inputs, int rows) {
        int stride = Matrix.strideOf(inputs.x.columns());
        MemorySegment memory = inputs.prepared.asSlice(0, 4L * rows * stride);
        return new Matrix(memory, rows, inputs.x.columns(), stride);
    }

    /// The prepared rows brought back, in an order of their own so that nothing else can serve them.
    private static Inputs prepared(Inputs inputs, Weights weights, Object[] arguments) {
        Phase phase = (Phase) arguments[1];
        if (inputs.form != form(weights, phase)) {
            throw new AssertionError("inputs are " + inputs.form + ", wanted " + form(weights, phase));
        }
        int rows = (int) arguments[4];
        Matrix prepared = matrix(inputs, rows);
        Matrix back = Matrix.allocate(java.lang.foreign.Arena.ofAuto(), rows, prepared.columns());
        for (int row = (int) arguments[3]; row < rows; row++) {
            for (int i = 0; i < prepared.columns(); i++) {
                back.set(row, i, (float) (prepared.at(row, i) / factor(inputs.form)));
            }
        }
        return new Inputs(back);
    }
}

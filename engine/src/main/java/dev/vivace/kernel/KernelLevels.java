package dev.vivace.kernel;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.kernel.x86.X86Levels;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/// Picks the kernels for this virtual machine.
public final class KernelLevels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String VECTOR_KERNELS = "dev.vivace.kernel.vector.VectorKernels";

    private KernelLevels() {}

    /// What was picked, and why.
    ///
    /// @param kernels the kernels
    /// @param reason one plain sentence fit for a user
    /// @param slower whether other flags at the start of Java would give faster kernels: worth a line to the
    ///     user
    public record Choice(Kernels kernels, String reason, boolean slower) {}

    /// The best kernels that this virtual machine can run, at most `ceiling`.
    public static Choice best(Isa ceiling) {
        for (Isa isa : Arrays.asList(Isa.values()).reversed()) {
            if (isa.compareTo(ceiling) <= 0 && isa.compareTo(Isa.VECTOR) > 0) {
                try {
                    return new Choice(X86Levels.of(isa), "Running on emitted " + isa + " code.", false);
                } catch (UnsupportedException next) {
                    continue;
                }
            }
        }
        return ceiling == Isa.SCALAR
                ? new Choice(new ScalarKernels(), "Running on plain loops, as asked.", false)
                : vector();
    }

    /// The Vector API twins, found by name, so that nothing here links to a module that may be absent.
    private static Choice vector() {
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            String reason = "Running on plain loops; start Java with --add-modules " + VECTOR_MODULE
                    + " to run several times faster.";
            return new Choice(new ScalarKernels(), reason, true);
        }
        try {
            Object kernels =
                    Class.forName(VECTOR_KERNELS).getDeclaredConstructor().newInstance();
            return new Choice((Kernels) kernels, "Running on the Vector API.", false);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof UnsupportedException unsupported) {
                return new Choice(
                        new ScalarKernels(), "Running on plain loops: " + unsupported.getMessage() + ".", false);
            }
            throw new LinkageError("the Vector API kernels did not start", e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the Vector API kernels are missing from this build", e);
        }
    }
}

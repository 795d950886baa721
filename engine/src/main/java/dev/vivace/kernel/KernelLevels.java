package dev.vivace.kernel;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.kernel.x86.Machine.Obstacle;
import dev.vivace.kernel.x86.X86Levels;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Picks the kernels for this virtual machine: the highest level at or below a ceiling that runs.
public final class KernelLevels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String VECTOR_KERNELS = "dev.vivace.kernel.vector.VectorKernels";

    private KernelLevels() {}

    /// What was picked, and why.
    ///
    /// @param kernels the kernels
    /// @param reason one plain sentence fit for a user
    /// @param slower whether something else than the processor stands in the way of faster kernels, such as a flag
    ///     at the start of Java or a system that forbids machine code: worth a line to the user
    public record Choice(Kernels kernels, String reason, boolean slower) {}

    /// The best kernels that this virtual machine can run, at most `ceiling`, fixed where a level has several. Never
    /// fails: what cannot run is named in the reason, and the next level is taken.
    public static Choice best(Isa ceiling) {
        return best(ceiling, new TuningChoice.Fixed(), Optional.empty());
    }

    /// As [#best] with a choice where a level has several kernels.
    ///
    /// @param cacheFolder where measurements are kept; empty: nowhere
    /// @throws dev.vivace.OptionException if a pinned tuning is damaged, or of another processor or level
    public static Choice best(Isa ceiling, TuningChoice tuning, Optional<Path> cacheFolder) {
        return best(ceiling, tuning, cacheFolder, X86Levels.ofThisMachine());
    }

    static Choice best(Isa ceiling, TuningChoice tuning, Optional<Path> cacheFolder, X86Levels levels) {
        if (ceiling == Isa.SCALAR) {
            return new Choice(new ScalarKernels(), "Running on plain loops, as asked.", false);
        }
        Set<String> denied = new LinkedHashSet<>();
        String why = "";
        for (Isa isa : emitted(ceiling)) {
            Optional<Obstacle> obstacle = levels.obstacle(isa);
            if (obstacle.isEmpty()) {
                String because = denied.isEmpty() ? "" : ": " + String.join("; ", denied);
                return new Choice(
                        levels.kernels(isa, tuning, cacheFolder),
                        "Running on emitted " + isa + " code" + because + ".",
                        !denied.isEmpty());
            }
            why = obstacle.get().reason();
            if (obstacle.get().removable()) {
                denied.add(why);
            }
        }
        return vector(why, !denied.isEmpty());
    }

    /// The emitted levels up to `ceiling`, the highest first.
    private static List<Isa> emitted(Isa ceiling) {
        return Arrays.stream(Isa.values())
                .filter(isa -> isa.compareTo(Isa.VECTOR) > 0 && isa.compareTo(ceiling) <= 0)
                .toList()
                .reversed();
    }

    /// Why the Vector API does not run here; empty where it does.
    static Optional<String> vectorObstacle() {
        Choice choice = vector("", false);
        return choice.kernels().isa() == Isa.VECTOR
                ? Optional.empty()
                : Optional.of(choice.reason().replaceFirst("^Running on plain loops[:;] (.*)\\.$", "$1"));
    }

    /// The Vector API twins, found by name, so that nothing here links to a module that may be absent.
    ///
    /// @param why why no level above runs; empty where none was asked for
    /// @param denied whether that could be changed
    private static Choice vector(String why, boolean denied) {
        String because = why.isEmpty() ? "" : ": " + why;
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            String reason = "Running on plain loops" + because + "; start Java with --add-modules " + VECTOR_MODULE
                    + " to run several times faster.";
            return new Choice(new ScalarKernels(), reason, true);
        }
        String failure;
        try {
            Object kernels =
                    Class.forName(VECTOR_KERNELS).getDeclaredConstructor().newInstance();
            return new Choice((Kernels) kernels, "Running on the Vector API" + because + ".", denied);
        } catch (InvocationTargetException e) {
            failure = e.getCause() instanceof UnsupportedException unsupported
                    ? String.valueOf(unsupported.getMessage())
                    : "the Vector API does not start (" + e.getCause() + ")";
        } catch (ReflectiveOperationException | LinkageError e) {
            failure = "the kernels for the Vector API are missing from this build";
        }
        String all = why.isEmpty() ? failure : why + "; " + failure;
        return new Choice(new ScalarKernels(), "Running on plain loops: " + all + ".", denied);
    }
}

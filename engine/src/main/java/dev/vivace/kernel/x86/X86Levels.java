package dev.vivace.kernel.x86;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.TuningChoice;
import dev.vivace.kernel.x86.Machine.Obstacle;
import dev.vivace.kernel.x86.linear.PrefillContests;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which levels of emitted code a machine can run. Confined to one thread.
public final class X86Levels {
    private final Machine machine;

    /// @param machine what is asked
    public X86Levels(Machine machine) {
        this.machine = machine;
    }

    /// Those of this machine; asks nothing yet.
    public static X86Levels ofThisMachine() {
        return new X86Levels(Machine.here());
    }

    /// The kernels of exactly this level on this machine, fixed where there is a choice.
    ///
    /// @throws UnsupportedException if this machine lacks it; says what is missing
    public static X86Kernels of(Isa isa) {
        return new X86Kernels(target(isa));
    }

    /// What kernels of this level may use on this machine.
    ///
    /// @throws UnsupportedException if this machine lacks the level; says what is missing
    public static Target target(Isa isa) {
        X86Levels levels = ofThisMachine();
        Optional<Obstacle> obstacle = levels.obstacle(isa);
        if (obstacle.isPresent()) {
            throw new UnsupportedException(obstacle.get().reason());
        }
        return levels.targetOf(isa);
    }

    /// Why kernels of this level do not run; empty where they do. For AMX the system is asked for permission.
    public Optional<Obstacle> obstacle(Isa isa) {
        Optional<Obstacle> none = machine.obstacle();
        if (none.isPresent()) {
            return none;
        }
        Cpu cpu = machine.cpu();
        List<String> missing = missing(cpu, isa);
        if (!missing.isEmpty()) {
            String last = missing.removeLast();
            String all = missing.isEmpty() ? last : String.join(", ", missing) + " and " + last;
            return Optional.of(new Obstacle("the processor has no " + all, false));
        }
        return isa == Isa.AMX ? machine.tiles() : Optional.empty();
    }

    private static List<String> missing(Cpu cpu, Isa isa) {
        List<String> missing = new ArrayList<>();
        switch (isa) {
            case SCALAR, VECTOR -> throw new IllegalArgumentException(isa + " is not emitted");
            case AVX2 -> need(missing, cpu.avx2(), "AVX2 with FMA");
            case AVX512 -> need(missing, cpu.avx512(), "AVX-512");
            case VNNI -> {
                need(missing, cpu.avx512(), "AVX-512");
                need(missing, cpu.vnni(), "AVX-512 VNNI");
            }
            case AMX -> {
                need(missing, cpu.amx(), "AMX");
                need(missing, cpu.vnni(), "AVX-512 VNNI");
            }
        }
        return missing;
    }

    private static void need(List<String> missing, boolean has, String what) {
        if (!has) {
            missing.add(what);
        }
    }

    /// The processor, where code can be emitted.
    public Optional<Cpu> cpu() {
        return machine.obstacle().isPresent() ? Optional.empty() : Optional.of(machine.cpu());
    }

    /// Kernels of a level that has no [#obstacle].
    ///
    /// @param folder where measurements are kept; empty: nowhere
    /// @throws dev.vivace.OptionException if a pinned tuning does not fit
    public X86Kernels kernels(Isa isa, TuningChoice choice, Optional<Path> folder) {
        Target target = targetOf(isa);
        TuningStore store = new TuningStore(folder, new SelfMeasurement(System::nanoTime));
        TuningText text = new TuningText(machine.cpu().model(), isa, PrefillContests.of(target));
        return new X86Kernels(target, store.tuned(choice, text));
    }

    private Target targetOf(Isa isa) {
        Cpu cpu = machine.cpu();
        return switch (isa) {
            case SCALAR, VECTOR -> throw new IllegalArgumentException(isa + " is not emitted");
            case AVX2 -> new Target(isa, 256, cpu.avxVnni(), false, false);
            case AVX512 -> new Target(isa, 512, false, false, false);
            case VNNI -> new Target(isa, 512, true, cpu.bf16(), false);
            case AMX -> new Target(isa, 512, true, cpu.bf16(), true);
        };
    }
}

package dev.vivace;

import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The levels of kernels that tests run on: those that this machine has, up to `$VIVACE_ISA` where that is set. So the
/// whole suite can be run at each level in turn.
public final class TestLevels {
    private TestLevels() {}

    /// The highest level that tests may use, and what the product gets by default in tests.
    public static Isa ceiling() {
        String set = System.getenv("VIVACE_ISA");
        Isa highest = Isa.values()[Isa.values().length - 1];
        return set == null || set.isBlank() ? highest : Isa.valueOf(set.strip().toUpperCase(Locale.ROOT));
    }

    /// This level, or the ceiling where that is lower.
    public static Isa atMost(Isa isa) {
        return isa.compareTo(ceiling()) < 0 ? isa : ceiling();
    }

    /// How tests load a model.
    public static LoadOptions options() {
        return LoadOptions.DEFAULT.withCeiling(ceiling());
    }

    /// Every level that runs here and is allowed, the plain loops first.
    public static List<Kernels> all() {
        List<Kernels> levels = new ArrayList<>();
        for (Isa isa : upTo(ceiling())) {
            Kernels best = KernelLevels.best(isa).kernels();
            if (best.isa() == isa) {
                levels.add(best);
            }
        }
        return levels;
    }

    /// The levels at or below `ceiling`, whether this machine has them or not, the lowest first.
    public static List<Isa> upTo(Isa ceiling) {
        return Arrays.stream(Isa.values())
                .filter(isa -> isa.compareTo(ceiling) <= 0)
                .toList();
    }
}

package dev.vivace.kernel.x86;

import dev.vivace.UnsupportedException;
import dev.vivace.kernel.Isa;
import java.util.ArrayList;
import java.util.List;

/// What this machine lets emitters use, a target a width.
public final class Targets {
    private Targets() {}

    /// 256 bits and 512 bits, where this machine has them; without what only some machines of the level have.
    public static List<Target> widths() {
        List<Target> targets = new ArrayList<>();
        for (Isa isa : List.of(Isa.AVX2, Isa.AVX512)) {
            try {
                X86Kernels ignored = X86Levels.of(isa);
                targets.add(new Target(isa, isa == Isa.AVX2 ? 256 : 512, false, false, false));
            } catch (UnsupportedException absent) {
                continue;
            }
        }
        return targets;
    }
}

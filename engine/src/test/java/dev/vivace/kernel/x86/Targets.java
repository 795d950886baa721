package dev.vivace.kernel.x86;

import dev.vivace.kernel.Isa;
import java.util.ArrayList;
import java.util.List;

/// What this machine lets emitters use, a target a width.
public final class Targets {
    private Targets() {}

    /// 256 bits and 512 bits, where this machine has them; without what only some machines of the level have.
    public static List<Target> widths() {
        return all().stream().filter(target -> !target.dot()).toList();
    }

    /// Every set of instructions that this machine has and that leads to other code for int8.
    public static List<Target> all() {
        List<Target> targets = new ArrayList<>();
        Cpu cpu = Cpu.ofThisMachine();
        if (cpu.avx2()) {
            targets.add(new Target(Isa.AVX2, 256, false, false, false));
        }
        if (cpu.avxVnni()) {
            targets.add(new Target(Isa.AVX2, 256, true, false, false));
        }
        if (cpu.avx512()) {
            targets.add(new Target(Isa.AVX512, 512, false, false, false));
        }
        if (cpu.vnni()) {
            targets.add(new Target(Isa.VNNI, 512, true, false, false));
        }
        return targets;
    }
}

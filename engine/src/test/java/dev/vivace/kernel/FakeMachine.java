package dev.vivace.kernel;

import dev.vivace.kernel.x86.Cpu;
import dev.vivace.kernel.x86.Machine;
import java.util.Optional;

/// A machine that has and refuses what a test wants. Its kernels must not be called.
///
/// @param obstacle why no code can be emitted
/// @param cpu the processor
/// @param tiles why tiles are refused
record FakeMachine(Optional<Obstacle> obstacle, Cpu cpu, Optional<Obstacle> tiles) implements Machine {
    /// A processor that has all levels up to `isa`.
    static Cpu cpu(Isa isa) {
        return new Cpu(
                "Fake",
                new Cpu.Model("FakeVendor", 6, 143, 8),
                new Cpu.Caches(48 << 10, 2 << 20, 32 << 20),
                isa.compareTo(Isa.AVX2) >= 0,
                false,
                isa.compareTo(Isa.AVX512) >= 0,
                isa.compareTo(Isa.VNNI) >= 0,
                isa.compareTo(Isa.AMX) >= 0,
                isa.compareTo(Isa.AMX) >= 0);
    }
}

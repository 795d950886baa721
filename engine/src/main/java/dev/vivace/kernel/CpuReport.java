package dev.vivace.kernel;

import dev.vivace.kernel.x86.Alternative;
import dev.vivace.kernel.x86.Cpu;
import dev.vivace.kernel.x86.Machine.Obstacle;
import dev.vivace.kernel.x86.Tuned;
import dev.vivace.kernel.x86.X86Kernels;
import dev.vivace.kernel.x86.X86Levels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What this machine runs and why, to be read.
///
/// @param processor its name for itself, or its architecture where code cannot be emitted
/// @param model the word that measurements are kept under; empty where code cannot be emitted
/// @param cacheBytes of its data caches, the first level first; 0 where it does not say, empty where it was not asked
/// @param features what emitted code could use, and whether it is there
/// @param levels each level of kernels, weakest first
/// @param tiles what became of the request for AMX: `granted`, `denied` or `not there`
/// @param choice the kernels that a model would get
/// @param measurements where the chosen level has several kernels, what was taken
/// @param tuning where those choices come from
public record CpuReport(
        String processor,
        Optional<String> model,
        List<Long> cacheBytes,
        Map<String, Boolean> features,
        List<Level> levels,
        String tiles,
        KernelLevels.Choice choice,
        List<Measurement> measurements,
        String tuning) {
    /// A level of kernels.
    ///
    /// @param isa the level
    /// @param obstacle why it does not run; empty where it does
    public record Level(Isa isa, Optional<String> obstacle) {}

    /// A choice between kernels of one level.
    ///
    /// @param operation what is done
    /// @param chosen the way taken
    /// @param nanos the best time of each way; empty where there was nothing to measure
    public record Measurement(String operation, String chosen, Map<String, Long> nanos) {}

    /// The report on this machine, for a model that would be loaded so. Asks for what loading would ask for.
    ///
    /// @param cacheFolder where measurements are kept; empty: nowhere
    /// @throws dev.vivace.OptionException if a pinned tuning does not fit
    public static CpuReport of(Isa ceiling, TuningChoice tuning, Optional<Path> cacheFolder) {
        return of(ceiling, tuning, cacheFolder, X86Levels.ofThisMachine());
    }

    static CpuReport of(Isa ceiling, TuningChoice tuning, Optional<Path> cacheFolder, X86Levels x86) {
        Optional<Cpu> cpu = x86.cpu();
        KernelLevels.Choice choice = KernelLevels.best(ceiling, tuning, cacheFolder, x86);
        Tuned tuned = choice.kernels() instanceof X86Kernels kernels ? kernels.tuned() : Tuned.SINGLE;
        return new CpuReport(
                cpu.map(Cpu::name).orElse(System.getProperty("os.arch", "unknown")),
                cpu.map(one -> one.model().id()),
                cpu.map(Cpu::caches)
                        .map(caches -> List.of(caches.first(), caches.second(), caches.third()))
                        .orElse(List.of()),
                cpu.map(CpuReport::features).orElse(Map.of()),
                levels(x86),
                tiles(cpu, x86),
                choice,
                measurements(tuned),
                tuned.origin());
    }

    private static Map<String, Boolean> features(Cpu cpu) {
        Map<String, Boolean> features = new LinkedHashMap<>();
        features.put("avx2", cpu.avx2());
        features.put("avx_vnni", cpu.avxVnni());
        features.put("avx512", cpu.avx512());
        features.put("avx512_vnni", cpu.vnni());
        features.put("avx512_bf16", cpu.bf16());
        features.put("amx", cpu.amx());
        return features;
    }

    private static List<Level> levels(X86Levels x86) {
        List<Level> levels = new ArrayList<>();
        for (Isa isa : Isa.values()) {
            Optional<String> obstacle = switch (isa) {
                case SCALAR -> Optional.empty();
                case VECTOR -> KernelLevels.vectorObstacle();
                case AVX2, AVX512, VNNI, AMX -> x86.obstacle(isa).map(Obstacle::reason);
            };
            levels.add(new Level(isa, obstacle));
        }
        return List.copyOf(levels);
    }

    private static String tiles(Optional<Cpu> cpu, X86Levels x86) {
        if (cpu.isEmpty() || !cpu.get().amx()) {
            return "not there";
        }
        return x86.obstacle(Isa.AMX).isEmpty() ? "granted" : "denied";
    }

    private static List<Measurement> measurements(Tuned tuned) {
        List<Measurement> measurements = new ArrayList<>();
        tuned.tuning().verdicts().forEach((alternative, verdict) -> {
            Map<String, Long> nanos = new LinkedHashMap<>();
            verdict.nanos().forEach((way, time) -> nanos.put(name(way), time));
            measurements.add(new Measurement(alternative.title(), name(verdict.way()), nanos));
        });
        return List.copyOf(measurements);
    }

    private static String name(Alternative.Way way) {
        return way.name().toLowerCase(Locale.ROOT);
    }
}

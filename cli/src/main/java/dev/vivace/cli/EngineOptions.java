package dev.vivace.cli;

import dev.vivace.LoadOptions;
import dev.vivace.OptionException;
import dev.vivace.kernel.Isa;
import dev.vivace.tensor.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a model is loaded; the same on every command that runs one.
final class EngineOptions {
    /// What keys and values are stored as.
    enum CacheType {
        /// Half precision.
        F16(DType.F16),
        /// Single precision.
        F32(DType.F32);

        private final DType dtype;

        CacheType(DType dtype) {
            this.dtype = dtype;
        }
    }

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads that compute, 0 to choose ($VIVACE_THREADS, else the physical cores)")
    private @Nullable Integer threads;

    @Option(names = "--kv", paramLabel = "TYPE", description = "keys and values in the cache: f16 or f32 (f16)")
    private @Nullable CacheType cacheType;

    @Option(
            names = "--isa",
            paramLabel = "LEVEL",
            description = "the most that kernels may use: ${COMPLETION-CANDIDATES} ($VIVACE_ISA, else all)")
    private @Nullable Isa isa;

    /// What these options and the environment ask for.
    LoadOptions options(Console console) {
        LoadOptions options = LoadOptions.DEFAULT.withThreads(threadsOr(console));
        if (cacheType != null) {
            options = options.withCacheType(cacheType.dtype);
        }
        Isa ceiling = isa != null
                ? isa
                : console.variable("VIVACE_ISA").map(EngineOptions::parseIsa).orElse(null);
        return ceiling == null ? options : options.withCeiling(ceiling);
    }

    private int threadsOr(Console console) {
        if (threads != null) {
            return threads;
        }
        String value = console.variable("VIVACE_THREADS").orElse("0");
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new OptionException("VIVACE_THREADS=" + value + ", expected a whole number", e);
        }
    }

    private static Isa parseIsa(String name) {
        return Arrays.stream(Isa.values())
                .filter(level -> level.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() -> new OptionException("VIVACE_ISA=" + name + ", expected one of "
                        + Arrays.stream(Isa.values())
                                .map(level -> level.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }
}

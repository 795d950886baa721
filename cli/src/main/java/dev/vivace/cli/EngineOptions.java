package dev.vivace.cli;

import dev.vivace.LoadOptions;
import dev.vivace.OptionException;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.TuningChoice;
import dev.vivace.tensor.DType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
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

    @Option(
            names = "--tuning",
            paramLabel = "FILE",
            description = {
                "take the kernels that a file of inspect --cpu names, so that answers do not vary between runs; none:"
                        + " without measuring ($VIVACE_TUNING, else measured once)"
            })
    private @Nullable String tuning;

    /// What these options and the environment ask for.
    LoadOptions options(Console console) {
        LoadOptions options =
                LoadOptions.DEFAULT.withThreads(threadsOr(console)).withTuning(tuningOr(console));
        Optional<Path> folder = cacheFolder(console);
        if (folder.isPresent()) {
            options = options.withCacheFolder(folder.get());
        }
        if (cacheType != null) {
            options = options.withCacheType(cacheType.dtype);
        }
        Isa ceiling = isa != null
                ? isa
                : console.variable("VIVACE_ISA").map(EngineOptions::parseIsa).orElse(null);
        return ceiling == null ? options : options.withCeiling(ceiling);
    }

    private TuningChoice tuningOr(Console console) {
        String value =
                tuning != null ? tuning : console.variable("VIVACE_TUNING").orElse("");
        return switch (value) {
            case "" -> new TuningChoice.Measured();
            case "none" -> new TuningChoice.Fixed();
            default -> new TuningChoice.Pinned(path(value));
        };
    }

    private static Path path(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new OptionException("tuning=" + value + ", expected a file or none", e);
        }
    }

    /// Where measurements are kept: `$VIVACE_CACHE`, else the user's folder for caches as freedesktop.org has it.
    private static Optional<Path> cacheFolder(Console console) {
        Optional<String> ours = console.variable("VIVACE_CACHE");
        Optional<String> caches = console.variable("XDG_CACHE_HOME");
        Optional<String> home = console.variable("HOME");
        try {
            return ours.map(Path::of)
                    .or(() -> caches.map(folder -> Path.of(folder, "vivace")))
                    .or(() -> home.map(folder -> Path.of(folder, ".cache", "vivace")));
        } catch (InvalidPathException e) {
            throw new OptionException("VIVACE_CACHE=" + e.getInput() + ", expected a folder", e);
        }
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

package dev.vivace;

import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.TuningChoice;
import dev.vivace.kernel.Workers;
import dev.vivace.seam.Artifacts;
import dev.vivace.seam.Plan;
import dev.vivace.tensor.DType;
import java.nio.file.Path;
import java.util.Optional;

/// How a model is loaded.
///
/// @param threads threads of a step, the caller's own loop included; 0: one for each physical core that this
///     process may use
/// @param context most positions of a sequence; 0: the model's own, or what fits into memory
/// @param cacheType keys and values, F16 or F32
/// @param ceiling the highest level of kernels to use
/// @param memoryBytes what the model may take; 0: what is free
/// @param plan techniques that sessions have unless they say otherwise
/// @param artifacts side files of techniques
/// @param tuning where it comes from which kernel is taken where a level has several
/// @param cacheFolder where to keep what is worth keeping between runs; empty: nowhere
/// @param progress hears how far loading is
public record LoadOptions(
        int threads,
        int context,
        DType cacheType,
        Isa ceiling,
        long memoryBytes,
        Plan plan,
        Artifacts artifacts,
        TuningChoice tuning,
        Optional<Path> cacheFolder,
        LoadProgress progress) {
    /// All cores, the model's context, an f16 cache, the best kernels without measuring, free memory, no technique.
    public static final LoadOptions DEFAULT = new LoadOptions(
            0,
            0,
            DType.F16,
            Isa.values()[Isa.values().length - 1],
            0,
            Plan.PLAIN,
            Artifacts.NONE,
            new TuningChoice.Fixed(),
            Optional.empty(),
            LoadProgress.SILENT);

    /// Checks each range.
    public LoadOptions {
        if (threads < 0 || threads > Workers.most()) {
            throw new OptionException("threads=" + threads + ", expected 0 (choose) to " + Workers.most());
        }
        if (context < 0) {
            throw new OptionException("context=" + context + ", expected 0 (the model's own) or more");
        }
        if (cacheType != DType.F16 && cacheType != DType.F32) {
            throw new OptionException("kv=" + cacheType + ", expected F16 or F32");
        }
        if (memoryBytes < 0) {
            throw new OptionException("memory=" + memoryBytes + ", expected 0 (what is free) or more bytes");
        }
    }

    /// The same with this many threads.
    public LoadOptions withThreads(int count) {
        return new LoadOptions(
                count, context, cacheType, ceiling, memoryBytes, plan, artifacts, tuning, cacheFolder, progress);
    }

    /// The same with this context.
    public LoadOptions withContext(int positions) {
        return new LoadOptions(
                threads, positions, cacheType, ceiling, memoryBytes, plan, artifacts, tuning, cacheFolder, progress);
    }

    /// The same with this cache type.
    public LoadOptions withCacheType(DType type) {
        return new LoadOptions(
                threads, context, type, ceiling, memoryBytes, plan, artifacts, tuning, cacheFolder, progress);
    }

    /// The same with this ceiling.
    public LoadOptions withCeiling(Isa level) {
        return new LoadOptions(
                threads, context, cacheType, level, memoryBytes, plan, artifacts, tuning, cacheFolder, progress);
    }

    /// The same with this much memory.
    public LoadOptions withMemoryBytes(long bytes) {
        return new LoadOptions(
                threads, context, cacheType, ceiling, bytes, plan, artifacts, tuning, cacheFolder, progress);
    }

    /// The same with this plan.
    public LoadOptions withPlan(Plan techniques) {
        return new LoadOptions(
                threads,
                context,
                cacheType,
                ceiling,
                memoryBytes,
                techniques,
                artifacts,
                tuning,
                cacheFolder,
                progress);
    }

    /// The same with this tuning.
    public LoadOptions withTuning(TuningChoice choice) {
        return new LoadOptions(
                threads, context, cacheType, ceiling, memoryBytes, plan, artifacts, choice, cacheFolder, progress);
    }

    /// The same with this cache folder, made when something is first kept.
    public LoadOptions withCacheFolder(Path folder) {
        return new LoadOptions(
                threads,
                context,
                cacheType,
                ceiling,
                memoryBytes,
                plan,
                artifacts,
                tuning,
                Optional.of(folder),
                progress);
    }

    /// The same with this listener.
    public LoadOptions withProgress(LoadProgress listener) {
        return new LoadOptions(
                threads, context, cacheType, ceiling, memoryBytes, plan, artifacts, tuning, cacheFolder, listener);
    }

    /// The kernels that these options choose.
    ///
    /// @throws OptionException if a pinned tuning does not fit this machine
    KernelLevels.Choice kernels() {
        return KernelLevels.best(ceiling, tuning, cacheFolder);
    }
}

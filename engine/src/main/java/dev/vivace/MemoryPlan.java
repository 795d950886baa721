package dev.vivace;

import dev.vivace.format.gguf.Gguf;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Workers;
import dev.vivace.model.Families;
import java.util.Locale;

/// What a model will take, drawn up before it is loaded.
///
/// @param weightsBytes the file's weights, mapped
/// @param packedBytes copies that packing makes
/// @param scratchBytes buffers of a step
/// @param cacheBytesPerToken keys and values of one token
/// @param context most positions of a sequence
/// @param freeBytes what may be used
public record MemoryPlan(
        long weightsBytes, long packedBytes, long scratchBytes, long cacheBytesPerToken, int context, long freeBytes) {
    /// The plan for `file`, which is not loaded; what does not fit is no failure here.
    ///
    /// @throws FormatException if the file is damaged
    /// @throws UnsupportedException if its architecture is not known here
    public static MemoryPlan of(Gguf file, LoadOptions options) {
        int threads = options.threads() == 0 ? Workers.physicalCores() : options.threads();
        Kernels kernels = KernelLevels.best(options.ceiling()).kernels();
        return MemoryPlans.plan(Families.read(file), options, kernels, threads);
    }

    /// Keys and values of one full context.
    public long cacheBytes() {
        return cacheBytesPerToken * context;
    }

    /// Everything but caches.
    public long fixedBytes() {
        return weightsBytes + packedBytes + scratchBytes;
    }

    /// Everything, with one full context.
    public long totalBytes() {
        return fixedBytes() + cacheBytes();
    }

    /// Whether everything fits.
    public boolean fits() {
        return totalBytes() <= freeBytes;
    }

    /// The most positions whose keys and values fit beside the rest.
    public int contextThatFits() {
        long left = Math.max(0, freeBytes - fixedBytes());
        return (int) Math.min(context, left / Math.max(1, cacheBytesPerToken));
    }

    /// The plan in one line.
    public String summary() {
        return "weights " + mib(weightsBytes + packedBytes) + ", cache " + mib(cacheBytes()) + " for " + context
                + " positions, scratch " + mib(scratchBytes) + ", free " + mib(freeBytes);
    }

    /// Fails unless everything fits.
    void require() {
        if (!fits()) {
            throw new CapacityException("not enough memory: " + mib(totalBytes()) + " are needed (" + summary()
                    + "); a context of " + contextThatFits() + " would fit");
        }
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024));
    }
}

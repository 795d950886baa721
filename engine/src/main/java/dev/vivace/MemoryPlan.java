package dev.vivace;

import dev.vivace.format.gguf.Gguf;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Workers;
import dev.vivace.model.Families;
import dev.vivace.seam.KvLayout;
import java.util.Locale;

/// What a model will take, drawn up before it is loaded.
///
/// @param weightsBytes the file's weights, mapped, as far as they are read where they are
/// @param packedBytes copies that packing makes
/// @param scratchBytes buffers of a step at the end of a full context
/// @param scratchBytesPerToken how much of that each position of the context adds
/// @param cacheBytesPerToken keys and values of one token
/// @param context most positions of a sequence
/// @param freeBytes what may be used
public record MemoryPlan(
        long weightsBytes,
        long packedBytes,
        long scratchBytes,
        long scratchBytesPerToken,
        long cacheBytesPerToken,
        int context,
        long freeBytes) {
    /// The plan for `file`, which is not loaded; what does not fit is no failure here.
    ///
    /// @throws FormatException if the file is damaged
    /// @throws UnsupportedException if its architecture is not known here
    public static MemoryPlan of(Gguf file, LoadOptions options) {
        int threads = options.threads() == 0 ? Workers.physicalCores() : options.threads();
        Kernels kernels = options.kernels().kernels();
        return MemoryPlans.plan(Families.read(file), options, kernels, threads);
    }

    /// Keys and values of one full context, in whole pages.
    public long cacheBytes() {
        long pages = (context + KvLayout.PAGE_TOKENS - 1L) / KvLayout.PAGE_TOKENS;
        return cacheBytesPerToken * pages * KvLayout.PAGE_TOKENS;
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

    /// The most positions whose keys and values fit beside the rest, in whole pages unless all of them fit.
    public int contextThatFits() {
        if (fits()) {
            return context;
        }
        long left = freeBytes - (fixedBytes() - scratchBytesPerToken * context);
        long positions = Math.max(0, left) / Math.max(1, cacheBytesPerToken + scratchBytesPerToken);
        return (int) Math.min(context - 1L, positions / KvLayout.PAGE_TOKENS * KvLayout.PAGE_TOKENS);
    }

    /// The same with another context.
    MemoryPlan withContext(int positions) {
        long scratch = scratchBytes + scratchBytesPerToken * (positions - (long) context);
        return new MemoryPlan(
                weightsBytes, packedBytes, scratch, scratchBytesPerToken, cacheBytesPerToken, positions, freeBytes);
    }

    /// The plan in one line.
    public String summary() {
        return "weights " + mib(weightsBytes + packedBytes) + ", cache " + mib(cacheBytes()) + " for " + context
                + " positions, scratch " + mib(scratchBytes) + ", free " + mib(freeBytes);
    }

    /// Fails unless everything fits.
    void require() {
        if (!fits()) {
            int fits = contextThatFits();
            throw new CapacityException("not enough memory: " + mib(totalBytes()) + " are needed (" + summary() + "); "
                    + (fits > 0 ? "a context of " + fits + " would fit" : "no context is short enough to fit"));
        }
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024));
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Workers;
import dev.vivace.model.Checkpoint;
import dev.vivace.seam.Artifacts;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Bind;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvLayout;
import dev.vivace.seam.Lanes;
import dev.vivace.seam.Part;
import dev.vivace.seam.Rewrite;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Services;
import dev.vivace.seam.Tap;
import dev.vivace.seam.Technique;
import dev.vivace.seam.Transport;
import dev.vivace.tensor.DType;
import java.lang.foreign.Arena;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A decoder made ready to run: weights rewritten and packed, model parts bound. Owns them; the checkpoint's
/// own memory is the caller's. Opens runners for any number of plans that share these weights. Steps run one at
/// a time.
public final class Decoder implements AutoCloseable {
    private final Services services;
    private final DecoderCore core;
    private final Arena rewritten;
    private final CacheBudget budget;

    private Decoder(Services services, DecoderCore core, Arena rewritten, CacheBudget budget) {
        this.services = services;
        this.core = core;
        this.rewritten = rewritten;
        this.budget = budget;
    }

    /// How a decoder is made ready.
    ///
    /// @param cacheType F16 or F32 keys and values
    /// @param cacheLimitBytes what all caches together may take
    /// @param calibration tokens that rewrites with taps look at; may be empty
    /// @param progress hears of packing
    public record Settings(DType cacheType, long cacheLimitBytes, int[] calibration, PackProgress progress) {
        /// An f16 cache of any size, no calibration text.
        public static final Settings PLAIN = new Settings(DType.F16, Long.MAX_VALUE, new int[0]);

        /// Settings without anybody who hears of packing.
        public Settings(DType cacheType, long cacheLimitBytes, int[] calibration) {
            this(cacheType, cacheLimitBytes, calibration, PackProgress.SILENT);
        }

        /// Copies the tokens.
        public Settings {
            calibration = calibration.clone();
        }
    }

    /// What the engine lends to parts: these kernels and workers, the system's clock, no other machine, no side
    /// files.
    public static Services services(Kernels kernels, Workers workers, RandomGenerator random, Artifacts artifacts) {
        Lanes lanes = new ThreadLanes();
        return new Services(InstantSource.system(), random, kernels, workers, lanes, Transport.ALONE, artifacts);
    }

    /// Rewrites, binds and packs.
    ///
    /// @param techniques those of model scope, in the plan's order
    @SuppressWarnings("MustBeClosedChecker") // kept, and closed by close()
    public static Decoder load(
            Checkpoint checkpoint, Services services, Settings settings, List<Technique> techniques) {
        Arena rewritten = Arena.ofShared();
        try {
            CacheBudget budget = new CacheBudget(settings.cacheLimitBytes());
            KvLayout layout = new KvLayout(settings.cacheType(), KeyForm.ROTATED, 0);
            Checkpoint current = checkpoint;
            List<Part> bound = new ArrayList<>();
            for (Technique technique : techniques) {
                for (Part part : technique.bind(new Bind(current, services, bound))) {
                    if (part instanceof Rewrite rewrite) {
                        calibrate(current, services, settings, rewrite.taps());
                        current = rewrite.apply(current, rewritten);
                    }
                    bound.add(part);
                }
            }
            DecoderCore core =
                    new DecoderCore(current, services, bound, layout, budget, List.of(), settings.progress());
            return new Decoder(services, core, rewritten, budget);
        } catch (RuntimeException | Error failure) {
            rewritten.close();
            throw failure;
        }
    }

    /// Lets taps see the plain model read the calibration text, 512 tokens at a time from an empty cache each.
    private static void calibrate(Checkpoint checkpoint, Services services, Settings settings, List<Tap> taps) {
        if (taps.isEmpty() || settings.calibration().length == 0) {
            return;
        }
        KvLayout layout = new KvLayout(settings.cacheType(), KeyForm.ROTATED, 0);
        CacheBudget budget = new CacheBudget(settings.cacheLimitBytes());
        int[] tokens = settings.calibration();
        try (DecoderCore core =
                new DecoderCore(checkpoint, services, List.of(), layout, budget, taps, PackProgress.SILENT)) {
            DecoderRunner runner = new DecoderRunner(core, List.of());
            Batch batch = new Batch();
            for (int from = 0; from < tokens.length; from += ContinuousBatching.STEP_ROWS) {
                try (Sequence sequence = runner.open()) {
                    batch.clear();
                    int to = Math.min(tokens.length, from + ContinuousBatching.STEP_ROWS);
                    for (int i = from; i < to; i++) {
                        batch.add(sequence, Phase.PREFILL, tokens[i]);
                    }
                    runner.run(batch);
                }
            }
        }
    }

    /// The shape and weights as packed, rewrites applied.
    public Checkpoint checkpoint() {
        return core.checkpoint();
    }

    /// A runner whose sequences have `requestParts` besides the model's own.
    public Runner runner(List<Part> requestParts) {
        return new DecoderRunner(core, requestParts);
    }

    /// What parts were given.
    public Services services() {
        return services;
    }

    /// The model's own parts, bound.
    public List<Part> modelParts() {
        return core.modelParts();
    }

    /// Tells `told` what every operation of every step takes, from the next step on; nobody if empty.
    public void profile(Optional<StepProfile> told) {
        core.compute().profile(told.orElse(null));
    }

    /// Bytes of weights that a decoded row reads.
    public long bytesPerRow() {
        return core.weights().bytesPerRow();
    }

    /// Bytes of keys and values that sequences have now.
    public long cacheBytes() {
        return budget.usedBytes();
    }

    /// Bytes that one more token takes in the cache.
    public long cacheBytesPerToken() {
        return CachePlan.bytesPerToken(core.spec(), core.plainLayout().dtype());
    }

    long profileStart() {
        return core.compute().start();
    }

    void profileEnd(StepProfile.Operation operation, long start) {
        core.compute().end(operation, start, 0, 0);
    }

    CacheBudget budget() {
        return budget;
    }

    /// Frees weights and caches; sequences must be closed before. Idempotent.
    @Override
    public void close() {
        core.close();
        if (rewritten.scope().isAlive()) {
            rewritten.close();
        }
    }
}

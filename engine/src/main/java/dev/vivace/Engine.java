package dev.vivace;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Workers;
import dev.vivace.model.Checkpoint;
import dev.vivace.runtime.Decoder;
import dev.vivace.runtime.EngineLoop;
import dev.vivace.runtime.StepProfile;
import dev.vivace.seam.Artifacts;
import dev.vivace.seam.Bind;
import dev.vivace.seam.Part;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Services;
import dev.vivace.seam.Technique;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.random.RandomGenerator;

/// One packing of a model's weights with the loop that runs its steps. Owned by the model.
final class Engine implements AutoCloseable {
    private final Decoder decoder;
    private final EngineLoop loop;
    private final Runner plain;
    private final Map<List<Technique>, List<Part>> bound = new HashMap<>();

    private Engine(Decoder decoder, Lock turn) {
        this.decoder = decoder;
        this.plain = decoder.runner(List.of());
        this.loop = new EngineLoop(decoder, turn);
    }

    static Services services(Kernels kernels, Workers workers, RandomGenerator random, Artifacts artifacts) {
        return Decoder.services(kernels, workers, random, artifacts);
    }

    /// @param turn shared by all engines of a model, see [EngineLoop#EngineLoop]
    static Engine load(
            Checkpoint checkpoint,
            Services services,
            Lock turn,
            LoadOptions options,
            MemoryPlan memory,
            List<Technique> modelScope) {
        long cacheLimit = Math.max(0, memory.freeBytes() - memory.fixedBytes());
        long all = checkpoint.bytes();
        long[] done = new long[1];
        Decoder.Settings settings = new Decoder.Settings(options.cacheType(), cacheLimit, new int[0], (name, bytes) -> {
            done[0] = Math.min(all, done[0] + bytes);
            options.progress().loaded(done[0], all);
        });
        Decoder decoder;
        // Packing uses the workers, which steps of the model's other engines use too.
        turn.lock();
        try {
            decoder = Decoder.load(checkpoint, services, settings, modelScope);
        } finally {
            turn.unlock();
        }
        if (done[0] < all) {
            options.progress().loaded(all, all);
        }
        return new Engine(decoder, turn);
    }

    /// The parts of request techniques; those of equal techniques are bound once, so that their requests share
    /// steps.
    synchronized List<Part> bind(List<Technique> techniques) {
        return bound.computeIfAbsent(techniques, key -> {
            List<Part> parts = new ArrayList<>();
            for (Technique technique : key) {
                List<Part> inner = new ArrayList<>(decoder.modelParts());
                inner.addAll(parts);
                parts.addAll(technique.bind(new Bind(decoder.checkpoint(), decoder.services(), inner)));
            }
            return List.copyOf(parts);
        });
    }

    /// Bytes of keys and values that sessions have.
    long cacheBytes() {
        return decoder.cacheBytes();
    }

    /// See [Model#profile].
    void profile(Optional<StepProfile> told) {
        decoder.profile(told);
    }

    Runner plainRunner() {
        return plain;
    }

    Runner runner(List<Part> parts) {
        return plain.with(parts);
    }

    EngineLoop loop() {
        return loop;
    }

    /// Ends the loop; answers on their way fail.
    void stop() {
        loop.close();
    }

    @Override
    public void close() {
        loop.close();
        decoder.close();
    }
}

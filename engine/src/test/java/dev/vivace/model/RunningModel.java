package dev.vivace.model;

import dev.vivace.format.gguf.Gguf;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Workers;
import dev.vivace.runtime.Decoder;
import dev.vivace.seam.Artifacts;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Services;
import dev.vivace.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// A model file run by the plain engine, logits of every position copied out.
final class RunningModel implements AutoCloseable {
    private final Gguf file;
    private final Workers workers;
    private final Services services;
    private final Decoder decoder;
    private final Runner runner;
    private final Batch batch = new Batch();

    RunningModel(Path path, Kernels kernels, int threads, DType cacheType) {
        this.file = Gguf.open(path);
        this.workers = Workers.of(threads);
        this.services = Decoder.services(kernels, workers, new SplittableRandom(1), Artifacts.NONE);
        Decoder.Settings settings = new Decoder.Settings(cacheType, 64 << 20, new int[0]);
        this.decoder = Decoder.load(Families.read(file), services, settings, List.of());
        this.runner = decoder.runner(List.of());
    }

    Runner runner() {
        return runner;
    }

    /// Logits of all positions of `tokens` in a sequence of their own, run in steps of `sizes[0]`, `sizes[1]`,
    /// … rows,
    /// the last size repeated.
    float[][] logits(int[] tokens, Phase phase, int... sizes) {
        try (Sequence sequence = runner.open()) {
            float[][] logits = new float[tokens.length][];
            int at = 0;
            for (int step = 0; at < tokens.length; step++) {
                int rows = Math.min(sizes[Math.min(step, sizes.length - 1)], tokens.length - at);
                copy(run(sequence, phase, tokens, at, rows), rows, logits, at);
                at += rows;
            }
            return logits;
        }
    }

    /// One step of `rows` tokens from `tokens[from]`, all logits wanted.
    Results run(Sequence sequence, Phase phase, int[] tokens, int from, int rows) {
        batch.clear();
        for (int i = 0; i < rows; i++) {
            batch.wantLogits(batch.add(sequence, phase, tokens[from + i]));
        }
        return runner.run(batch);
    }

    /// Copies the logits of the batch's rows `[0, rows)` to `logits[at..]`.
    static void copy(Results results, int rows, float[][] logits, int at) {
        for (int row = 0; row < rows; row++) {
            logits[at + row] = row(results, row);
        }
    }

    /// The logits of batch row `row`.
    static float[] row(Results results, int row) {
        MemorySegment memory = results.logits().row(results.logitsRow(row));
        return memory.toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
        decoder.close();
        services.lanes().close();
        workers.close();
        file.close();
    }
}

package dev.vivace.lab;

import dev.vivace.format.gguf.Gguf;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Workers;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.model.Families;
import dev.vivace.runtime.Decoder;
import dev.vivace.seam.Artifacts;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Services;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/// The model inside the jar on plain loops, one position a step: the long way to its logits.
final class StoryLogits implements AutoCloseable {
    static final int BOS = 1;

    private final Gguf file;
    private final Workers workers = Workers.of(1);
    private final Services services;
    private final Decoder decoder;
    private final Runner runner;

    StoryLogits() {
        try (InputStream in = Gguf.class.getResourceAsStream("/dev/vivace/stories260k.gguf")) {
            file = Gguf.read("stories260k.gguf", in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        services = Decoder.services(new ScalarKernels(), workers, new SplittableRandom(1), Artifacts.NONE);
        Decoder.Settings settings = new Decoder.Settings(DType.F32, 64 << 20, new int[0]);
        decoder = Decoder.load(Families.read(file), services, settings, List.of());
        runner = decoder.runner(List.of());
    }

    /// The logits behind each of `tokens`.
    double[][] of(int[] tokens) {
        double[][] rows = new double[tokens.length][];
        Batch batch = new Batch();
        try (Sequence sequence = runner.open()) {
            for (int i = 0; i < tokens.length; i++) {
                batch.clear();
                batch.wantLogits(batch.add(sequence, Phase.DECODE, tokens[i]));
                Matrix logits = runner.run(batch).logits();
                MemorySegment row = logits.row(0);
                rows[i] = new double[logits.columns()];
                for (int token = 0; token < rows[i].length; token++) {
                    rows[i][token] = row.getAtIndex(ValueLayout.JAVA_FLOAT, token);
                }
            }
        }
        return rows;
    }

    static int[] begun(int[] tokens) {
        int[] begun = new int[tokens.length + 1];
        begun[0] = BOS;
        System.arraycopy(tokens, 0, begun, 1, tokens.length);
        return begun;
    }

    @Override
    public void close() {
        decoder.close();
        services.lanes().close();
        workers.close();
        file.close();
    }
}

package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.TestData;
import dev.vivace.TestLevels;
import dev.vivace.format.gguf.Gguf;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Phase;
import dev.vivace.kernel.Workers;
import dev.vivace.kernel.scalar.ScalarKernels;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.Families;
import dev.vivace.seam.Artifacts;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Part;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Services;
import dev.vivace.seam.Technique;
import dev.vivace.tensor.DType;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/// A tiny random model, loaded with throw-away parts, and its oracle.
final class Tiny implements AutoCloseable {
    /// Of the largest logit: the runtime adds up in f32.
    static final double CLOSE = 2e-5;

    private final Gguf file;
    private final Workers workers;
    private final Services services;
    private final Decoder decoder;
    private final Checkpoint checkpoint;

    /// How a model is loaded.
    ///
    /// @param kernels the arithmetic
    /// @param threads workers
    /// @param settings of the decoder
    record Setup(Kernels kernels, int threads, Decoder.Settings settings) {
        static Setup plain() {
            return new Setup(new ScalarKernels(), 1, new Decoder.Settings(DType.F32, Long.MAX_VALUE, new int[0]));
        }

        /// Every level of kernels that runs here.
        static List<Setup> levels() {
            return TestLevels.all().stream().map(plain()::kernels).toList();
        }

        Setup threads(int count) {
            return new Setup(kernels, count, settings);
        }

        Setup kernels(Kernels other) {
            return new Setup(other, threads, settings);
        }

        Setup limit(long bytes) {
            return new Setup(kernels, threads, new Decoder.Settings(DType.F32, bytes, settings.calibration()));
        }

        Setup type(DType type) {
            return new Setup(kernels, threads, new Decoder.Settings(type, Long.MAX_VALUE, settings.calibration()));
        }

        Setup calibration(int... tokens) {
            return new Setup(kernels, threads, new Decoder.Settings(DType.F32, Long.MAX_VALUE, tokens));
        }
    }

    Tiny(String model, Setup setup, Technique... techniques) {
        this.file = Gguf.open(TestData.root().resolve("engine/src/test/resources/dev/vivace/model/" + model + ".gguf"));
        this.workers = Workers.of(setup.threads());
        this.services = Decoder.services(setup.kernels(), workers, new SplittableRandom(1), Artifacts.NONE);
        this.checkpoint = Families.read(file);
        this.decoder = Decoder.load(checkpoint, services, setup.settings(), List.of(techniques));
    }

    static Tiny plain(String model) {
        return new Tiny(model, Setup.plain());
    }

    Decoder decoder() {
        return decoder;
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    OracleDecoder oracle() {
        return new OracleDecoder(checkpoint);
    }

    Runner runner(Part... parts) {
        return decoder.runner(List.of(parts));
    }

    /// Random tokens, fixed by `seed`.
    int[] tokens(int count, int seed) {
        Random random = new Random(seed);
        return random.ints(count, 0, checkpoint.spec().vocabulary()).toArray();
    }

    /// Runs `tokens` after what the sequence has, `rows` a step; logits of each.
    static float[][] run(Runner runner, Sequence sequence, Phase phase, int rows, int... tokens) {
        float[][] logits = new float[tokens.length][];
        Batch batch = new Batch();
        for (int from = 0; from < tokens.length; from += rows) {
            batch.clear();
            int count = Math.min(rows, tokens.length - from);
            for (int i = 0; i < count; i++) {
                batch.wantLogits(batch.add(sequence, phase, tokens[from + i]));
            }
            Results results = runner.run(batch);
            for (int i = 0; i < count; i++) {
                logits[from + i] = logits(results, i);
            }
        }
        return logits;
    }

    /// A step of all tokens as prompt.
    static float[][] prompt(Runner runner, Sequence sequence, int... tokens) {
        return run(runner, sequence, Phase.PREFILL, Math.max(1, tokens.length), tokens);
    }

    static float[] logits(Results results, int row) {
        return results.logits().row(results.logitsRow(row)).toArray(ValueLayout.JAVA_FLOAT);
    }

    /// Close to the oracle's, in parts of the largest.
    static void assertClose(float[] actual, double[] expected) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(1);
        assertThat(actual.length).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("element %d", i)
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(CLOSE * largest));
        }
    }

    static void assertClose(float[][] actual, double[][] expected) {
        for (int row = 0; row < actual.length; row++) {
            assertClose(actual[row], expected[row]);
        }
    }

    static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    @Override
    public void close() {
        decoder.close();
        services.lanes().close();
        workers.close();
        file.close();
    }
}

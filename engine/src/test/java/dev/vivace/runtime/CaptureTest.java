package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.vivace.kernel.Phase;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Attention;
import dev.vivace.seam.Batch;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.Partial;
import dev.vivace.seam.Results;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Selection;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Want;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What steps hand back of attention, and what parts add to it, against the oracle.
class CaptureTest {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private static void assertScores(float[] actual, double[][] expected, int slots) {
        for (int head = 0; head < expected.length; head++) {
            double sum = 0;
            for (int slot = 0; slot < slots; slot++) {
                float x = actual[head * slots + slot];
                double wanted = slot < expected[head].length ? expected[head][slot] : 0;
                assertThat((double) x).isCloseTo(wanted, offset(1e-5));
                sum += x;
            }
            assertThat(sum).isCloseTo(Arrays.stream(expected[head]).sum(), offset(1e-5));
        }
    }

    private static double[][] total(double[][][] scores, int from, int to, int slots) {
        double[][] total = new double[scores[from].length][slots];
        for (int row = from; row < to; row++) {
            for (int head = 0; head < total.length; head++) {
                for (int slot = 0; slot < scores[row][head].length; slot++) {
                    total[head][slot] += scores[row][head][slot];
                }
            }
        }
        return total;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3-linear"})
    void scoresAndTheirMassEqualTheOracle(String model) {
        try (Tiny tiny = Tiny.plain(model)) {
            Runner runner = tiny.runner();
            int layers = tiny.checkpoint().spec().layers().size();
            int[] tokens = tiny.tokens(70, 1);
            int[] others = tiny.tokens(9, 2);
            try (Sequence a = runner.open();
                    Sequence b = runner.open()) {
                Tiny.prompt(runner, a, Arrays.copyOf(tokens, 60));
                Batch batch = new Batch();
                for (int i = 0; i < 10; i++) {
                    ask(batch, batch.add(a, Phase.PREFILL, tokens[60 + i]), layers);
                }
                for (int token : others) {
                    ask(batch, batch.add(b, Phase.DECODE, token), layers);
                }
                Results results = runner.run(batch);
                OracleDecoder.Answer long70 = tiny.oracle().run(tokens);
                OracleDecoder.Answer short9 = tiny.oracle().run(others);
                for (int layer = 0; layer < layers; layer++) {
                    for (int i = 0; i < 10; i++) {
                        assertScores(results.scores(i, layer).toArray(F32), long70.scores()[layer][60 + i], 70);
                    }
                    assertScores(results.scores(18, layer).toArray(F32), short9.scores()[layer][8], 9);
                    assertScores(results.mass(a, layer).toArray(F32), total(long70.scores()[layer], 60, 70, 70), 70);
                    assertScores(results.mass(b, layer).toArray(F32), total(short9.scores()[layer], 0, 9, 9), 9);
                }
                assertThatThrownBy(() -> results.hidden(0, 0)).hasMessageContaining("not asked for");
                assertThatThrownBy(() -> results.logitsRow(0)).hasMessageContaining("not asked for");
            }
        }
    }

    private static void ask(Batch batch, int row, int layers) {
        for (int layer = 0; layer < layers; layer++) {
            batch.want(row, Want.SCORES, layer);
            batch.want(row, Want.MASS, layer);
        }
    }

    @Test
    void scoresOfABranchLieAtItsOwnSlots() {
        try (Tiny tiny = Tiny.plain("gemma3-linear")) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(13, 3);
            try (Sequence sequence = runner.open()) {
                Tiny.prompt(runner, sequence, Arrays.copyOf(tokens, 10));
                Batch batch = new Batch();
                batch.add(sequence, Phase.VERIFY, 1, 10, Batch.STORED);
                int row = Batch.STORED;
                for (int i = 10; i < 13; i++) {
                    row = batch.add(sequence, Phase.VERIFY, tokens[i], i, row);
                }
                batch.want(row, Want.SCORES, 2);
                float[] scores = runner.run(batch).scores(row, 2).toArray(F32);
                double[][] plain = tiny.oracle().run(tokens).scores()[2][12];
                double[][] expected = new double[plain.length][14];
                for (int head = 0; head < plain.length; head++) {
                    System.arraycopy(plain[head], 0, expected[head], 0, 10);
                    System.arraycopy(plain[head], 10, expected[head], 11, 3);
                }
                assertScores(scores, expected, 14);
            }
        }
    }

    /// Five keys and values of its own for every layer, attended in plain loops by queries as they are handed over.
    private static final class Prefix implements Attention {
        private static final int COUNT = 5;
        private final LayerSpec shape;
        private final Arena arena;

        Prefix(LayerSpec shape, Arena arena) {
            this.shape = shape;
            this.arena = arena;
        }

        static double[][] numbers(int layer, int kvHead, int dim, int seed) {
            Random random = new Random(seed + 31L * layer + 7L * kvHead);
            double[][] out = new double[COUNT][dim];
            for (double[] row : out) {
                for (int d = 0; d < dim; d++) {
                    row[d] = random.nextGaussian();
                }
            }
            return out;
        }

        @Override
        public KeyForm keys(int layer) {
            return KeyForm.RAW;
        }

        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {}

        @Override
        public Optional<Partial> extra(Rows rows, int layer, Matrix queries) {
            Matrix out = Matrix.allocate(arena, rows.count(), shape.outputWidth());
            Matrix lse = Matrix.allocate(arena, rows.count(), shape.heads());
            for (int row = 0; row < rows.count(); row++) {
                for (int head = 0; head < shape.heads(); head++) {
                    double[][] keys = numbers(layer, head / shape.group(), shape.keyDim(), 1);
                    double[][] values = numbers(layer, head / shape.group(), shape.valueDim(), 2);
                    attend(queries, row, head, keys, values, out, lse);
                }
            }
            return Optional.of(new Partial(out, lse));
        }

        private void attend(
                Matrix queries, int row, int head, double[][] keys, double[][] values, Matrix out, Matrix lse) {
            double[] weight = new double[COUNT];
            double sum = 0;
            for (int i = 0; i < COUNT; i++) {
                double dot = 0;
                for (int d = 0; d < shape.keyDim(); d++) {
                    dot += queries.at(row, head * shape.keyDim() + d) * keys[i][d];
                }
                weight[i] = Math.exp(dot * shape.attentionScale());
                sum += weight[i];
            }
            for (int d = 0; d < shape.valueDim(); d++) {
                double total = 0;
                for (int i = 0; i < COUNT; i++) {
                    total += weight[i] / sum * values[i][d];
                }
                out.set(row, head * shape.valueDim() + d, (float) total);
            }
            lse.set(row, head, (float) Math.log(sum));
        }
    }

    /// Beside a sequence without the part, so that the part's rows are not the layer's.
    @ParameterizedTest
    @CsvSource({"llama3-gqa, 60", "llama-odd, 7", "gemma3-linear, 60"})
    void attentionOutsideTheCacheIsMergedIn(String model, int rows) {
        try (Tiny tiny = Tiny.plain(model);
                Arena arena = Arena.ofConfined()) {
            LayerSpec shape = tiny.checkpoint().spec().layer(0);
            Runner runner = tiny.runner(new Prefix(shape, arena));
            Runner plain = tiny.runner();
            int[] tokens = tiny.tokens(60, 4);
            float[][] logits = new float[60][];
            float[][] mates = new float[60][];
            try (Sequence sequence = runner.open();
                    Sequence mate = plain.open()) {
                Batch batch = new Batch();
                for (int from = 0; from < 60; from += rows) {
                    batch.clear();
                    int count = Math.min(rows, 60 - from);
                    for (int i = 0; i < count; i++) {
                        batch.wantLogits(batch.add(mate, Phase.PREFILL, tokens[from + i]));
                        batch.wantLogits(batch.add(sequence, Phase.PREFILL, tokens[from + i]));
                    }
                    Results results = plain.run(batch);
                    for (int i = 0; i < count; i++) {
                        mates[from + i] = Tiny.logits(results, 2 * i);
                        logits[from + i] = Tiny.logits(results, 2 * i + 1);
                    }
                }
            }
            OracleRules rules = new OracleRules() {
                @Override
                double[][] extraKeys(int layer, int kvHead) {
                    return Prefix.numbers(layer, kvHead, shape.keyDim(), 1);
                }

                @Override
                double[][] extraValues(int layer, int kvHead) {
                    return Prefix.numbers(layer, kvHead, shape.valueDim(), 2);
                }
            };
            Tiny.assertClose(logits, tiny.oracle().run(tokens, rules).logits());
            Tiny.assertClose(mates, tiny.oracle().run(tokens).logits());
        }
    }
}

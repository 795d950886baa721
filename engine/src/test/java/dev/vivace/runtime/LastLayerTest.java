package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Depth;
import dev.vivace.seam.Results;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Want;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows whose logits nobody asks for leave the last layer early, and nobody sees it.
class LastLayerTest {
    /// Looks and does nothing.
    private static final class Onlooker implements Depth {
        private int rows;
        private final int layers;

        Onlooker(int layers) {
            this.layers = layers;
        }

        @Override
        public void before(int layer, Rows seen, Matrix hidden, Live live) {
            rows += layer == layers ? seen.count() : 0;
        }
    }

    private static void prompt(Batch batch, Sequence sequence, int[] tokens, int... wanted) {
        batch.clear();
        for (int token : tokens) {
            batch.add(sequence, Phase.PREFILL, token);
        }
        for (int row : wanted) {
            batch.wantLogits(row);
        }
    }

    /// Rows that went through the projection of heads' outputs, counted over layers.
    private static long projected(Tiny tiny, Runnable step) {
        long[] operations = new long[1];
        tiny.decoder().profile(Optional.of((operation, nanos, bytes, count) -> {
            operations[0] += operation == StepProfile.Operation.OUTPUT ? count : 0;
        }));
        step.run();
        tiny.decoder().profile(Optional.empty());
        var spec = tiny.checkpoint().spec();
        return operations[0] / (2L * spec.width() * spec.layer(0).outputWidth());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3"})
    void logitsAreTheSameBitsWhoeverElseAsks(String model) {
        for (Tiny.Setup level : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, level.threads(2));
                    Sequence all = tiny.runner().open();
                    Sequence few = tiny.runner().open()) {
                Runner runner = tiny.runner();
                int[] tokens = tiny.tokens(90, 1);
                int[] more = tiny.tokens(5, 2);
                float[][] expected = Tiny.prompt(runner, all, tokens);
                float[][] later = Tiny.run(runner, all, Phase.DECODE, 1, more);
                Batch batch = new Batch();
                prompt(batch, few, tokens, 40, 89);
                long rows = projected(tiny, () -> {
                    Results results = runner.run(batch);
                    assertThat(Tiny.logits(results, 40)).isEqualTo(expected[40]);
                    assertThat(Tiny.logits(results, 89)).isEqualTo(expected[89]);
                });
                assertThat(rows)
                        .isEqualTo(90L * (tiny.checkpoint().spec().layers().size() - 1) + 2);
                assertThat(Tiny.run(runner, few, Phase.DECODE, 1, more)).isDeepEqualTo(later);
            }
        }
    }

    @Test
    void aPromptOfWhichNothingIsAskedIsStoredAllTheSame() {
        try (Tiny tiny = Tiny.plain("llama3-gqa");
                Sequence asked = tiny.runner().open();
                Sequence quiet = tiny.runner().open()) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(70, 3);
            int[] more = tiny.tokens(3, 4);
            Tiny.prompt(runner, asked, tokens);
            Batch batch = new Batch();
            prompt(batch, quiet, tokens);
            runner.run(batch);
            assertThat(Tiny.run(runner, quiet, Phase.DECODE, 3, more))
                    .isDeepEqualTo(Tiny.run(runner, asked, Phase.DECODE, 3, more));
        }
    }

    @Test
    void capturesAndPartsSeeEveryRow() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            int layers = tiny.checkpoint().spec().layers().size();
            int[] tokens = tiny.tokens(12, 5);
            Onlooker part = new Onlooker(layers);
            Batch batch = new Batch();
            try (Sequence sequence = tiny.runner(part).open()) {
                prompt(batch, sequence, tokens, 11);
                tiny.runner(part).run(batch);
            }
            assertThat(part.rows).isEqualTo(12);
            float[] early;
            try (Sequence sequence = tiny.runner().open()) {
                prompt(batch, sequence, tokens, 11);
                batch.want(4, Want.HIDDEN, layers);
                early = tiny.runner().run(batch).hidden(4, layers).toArray(ValueLayout.JAVA_FLOAT);
            }
            try (Sequence sequence = tiny.runner().open()) {
                prompt(batch, sequence, tokens, 4, 11);
                batch.want(4, Want.HIDDEN, layers);
                Results results = tiny.runner().run(batch);
                assertThat(results.hidden(4, layers).toArray(ValueLayout.JAVA_FLOAT))
                        .isEqualTo(early);
            }
        }
    }
}

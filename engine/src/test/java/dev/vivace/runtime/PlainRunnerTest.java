package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Want;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows without any part: against the oracle, and equal bits whoever stands beside them.
class PlainRunnerTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "llama-odd", "llama-yarn", "llama-rope3", "gemma3", "gemma3-linear"})
    void equalsTheOracle(String model) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, setup)) {
                Runner runner = tiny.runner();
                int[] tokens = tiny.tokens(90, 1);
                try (Sequence sequence = runner.open()) {
                    Tiny.assertClose(
                            Tiny.prompt(runner, sequence, tokens),
                            tiny.oracle().run(tokens).logits());
                }
            }
        }
    }

    /// Several spans of 512 slots and 64 slots a page; cuts at none of their borders.
    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3-linear"})
    void longTextHasTheSameBitsHoweverItIsCutAndOnAnyNumberOfWorkers(String model) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            int[] tokens;
            float[][] expected;
            try (Tiny tiny = new Tiny(model, setup)) {
                tokens = tiny.tokens(1100, 2);
                Runner runner = tiny.runner();
                try (Sequence sequence = runner.open()) {
                    expected = Tiny.prompt(runner, sequence, tokens);
                }
                double[][] oracle = tiny.oracle().run(tokens).logits();
                for (int row : new int[] {0, 63, 64, 511, 512, 513, 1023, 1024, 1099}) {
                    Tiny.assertClose(expected[row], oracle[row]);
                }
            }
            for (int threads = 1; threads <= 3; threads++) {
                int[] sizes = threads == 1 ? new int[] {17, 100} : new int[] {333};
                assertSameBits(model, setup.threads(threads), tokens, sizes, expected);
            }
        }
    }

    private static void assertSameBits(String model, Tiny.Setup setup, int[] tokens, int[] sizes, float[][] expected) {
        try (Tiny tiny = new Tiny(model, setup)) {
            Runner runner = tiny.runner();
            for (int rows : sizes) {
                try (Sequence sequence = runner.open()) {
                    assertThat(Tiny.run(runner, sequence, Phase.PREFILL, rows, tokens))
                            .isDeepEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-odd", "gemma3"})
    void promptHasTheSameBitsHoweverItIsCut(String model) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, setup)) {
                Runner runner = tiny.runner();
                int[] tokens = tiny.tokens(70, 3);
                float[][] expected;
                try (Sequence sequence = runner.open()) {
                    expected = Tiny.prompt(runner, sequence, tokens);
                }
                for (int rows : new int[] {1, 3, 7, 16, 17}) {
                    try (Sequence sequence = runner.open()) {
                        assertThat(Tiny.run(runner, sequence, Phase.PREFILL, rows, tokens))
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3-linear"})
    void rowsHaveTheSameBitsBesideRowsOfOtherSequences(String model) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            for (int threads = 1; threads <= 3; threads++) {
                assertSameBitsBesideOthers(model, setup.threads(threads));
            }
        }
    }

    private static void assertSameBitsBesideOthers(String model, Tiny.Setup setup) {
        try (Tiny tiny = new Tiny(model, setup)) {
            Runner runner = tiny.runner();
            int[][] texts = {tiny.tokens(40, 4), tiny.tokens(33, 5), tiny.tokens(25, 6), tiny.tokens(50, 7)};
            int[] prompts = {20, 33, 5, 48};
            List<float[][]> alone = new ArrayList<>();
            for (int i = 0; i < texts.length; i++) {
                alone.add(alone(runner, texts[i], prompts[i]));
            }
            assertThat(together(runner, texts, prompts).toArray(float[][][]::new))
                    .isDeepEqualTo(alone.toArray(float[][][]::new));
        }
    }

    private static float[][] alone(Runner runner, int[] text, int prompt) {
        float[][] logits = new float[text.length][];
        try (Sequence sequence = runner.open()) {
            Batch batch = new Batch();
            for (int at = 0; at < text.length; at++) {
                batch.clear();
                batch.wantLogits(batch.add(sequence, at < prompt ? Phase.PREFILL : Phase.DECODE, text[at]));
                logits[at] = Tiny.logits(runner.run(batch), 0);
            }
        }
        return logits;
    }

    /// All texts at once, in steps of random rows in random order; decode rows stand among rows of prompts.
    private static List<float[][]> together(Runner runner, int[][] texts, int[] prompts) {
        Random random = new Random(8);
        List<Sequence> sequences = new ArrayList<>();
        List<float[][]> logits = new ArrayList<>();
        for (int[] text : texts) {
            sequences.add(runner.open());
            logits.add(new float[text.length][]);
        }
        int[] at = new int[texts.length];
        Batch batch = new Batch();
        for (boolean more = true; more; ) {
            more = false;
            batch.clear();
            List<int[]> rows = new ArrayList<>();
            for (int i = 0; i < texts.length; i++) {
                int left = texts[i].length - at[i];
                more |= left > 0;
                for (int k = random.nextInt(6); k > 0 && left > 0; k--, left--) {
                    Phase phase = at[i] < prompts[i] ? Phase.PREFILL : k % 2 == 0 ? Phase.VERIFY : Phase.DECODE;
                    batch.wantLogits(batch.add(sequences.get(i), phase, texts[i][at[i]]));
                    rows.add(new int[] {i, at[i]++});
                }
            }
            Results results = runner.run(batch);
            for (int row = 0; row < rows.size(); row++) {
                logits.get(rows.get(row)[0])[rows.get(row)[1]] = Tiny.logits(results, row);
            }
        }
        sequences.forEach(Sequence::close);
        return logits;
    }

    @Test
    void emptyStepGivesNothingAndChangesNothing() {
        try (Tiny tiny = Tiny.plain("llama3-gqa");
                Sequence sequence = tiny.runner().open()) {
            assertThat(tiny.runner().run(new Batch()).batch().rows()).isZero();
            assertThat(sequence.length()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3"})
    void embeddingRowTimesTheScaleEqualsItsToken(String model) {
        try (Tiny tiny = Tiny.plain(model);
                Arena arena = Arena.ofConfined()) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(9, 9);
            Batch batch = new Batch();
            try (Sequence plain = runner.open();
                    Sequence embedded = runner.open()) {
                float[][] expected = Tiny.prompt(runner, plain, tokens);
                for (int i = 0; i < tokens.length; i++) {
                    MemorySegment row = embedding(tiny, tokens[i], arena);
                    batch.wantLogits(batch.addEmbedding(embedded, Phase.PREFILL, row, i, i - 1));
                }
                Results results = runner.run(batch);
                for (int i = 0; i < tokens.length; i++) {
                    assertThat(Tiny.logits(results, i)).isEqualTo(expected[i]);
                }
            }
        }
    }

    private static MemorySegment embedding(Tiny tiny, int token, Arena arena) {
        MemorySegment table =
                tiny.checkpoint().tensor("token_embd.weight").orElseThrow().row(token);
        int width = tiny.checkpoint().spec().width();
        MemorySegment out = arena.allocate(4L * width);
        for (int i = 0; i < width; i++) {
            float x = table.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            out.setAtIndex(
                    ValueLayout.JAVA_FLOAT, i, x * tiny.checkpoint().spec().embeddingScale());
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3"})
    void rowsCutAtALayerAndFedBackEqualTheUncutRunBitForBit(String model) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, setup);
                    Arena arena = Arena.ofConfined()) {
                Runner runner = tiny.runner();
                int[] tokens = tiny.tokens(12, 10);
                int layers = tiny.checkpoint().spec().layers().size();
                for (int cut = 0; cut <= layers; cut++) {
                    try (Sequence plain = runner.open();
                            Sequence low = runner.open();
                            Sequence high = runner.open()) {
                        float[][] expected = Tiny.prompt(runner, plain, tokens);
                        List<MemorySegment> states = low(runner, low, tokens, cut, arena);
                        Batch batch = new Batch();
                        for (int i = 0; i < tokens.length; i++) {
                            int row = batch.addEmbedding(high, Phase.PREFILL, states.get(i), i, i - 1);
                            batch.layers(row, cut, layers);
                            batch.wantLogits(row);
                        }
                        Results results = runner.run(batch);
                        for (int i = 0; i < tokens.length; i++) {
                            assertThat(Tiny.logits(results, i)).isEqualTo(expected[i]);
                        }
                    }
                }
            }
        }
    }

    /// The states that enter layer `cut`, of rows that run the layers below only.
    private static List<MemorySegment> low(Runner runner, Sequence sequence, int[] tokens, int cut, Arena arena) {
        Batch batch = new Batch();
        for (int token : tokens) {
            int row = batch.add(sequence, Phase.PREFILL, token);
            batch.layers(row, 0, cut);
            batch.want(row, Want.HIDDEN, cut);
        }
        Results results = runner.run(batch);
        List<MemorySegment> states = new ArrayList<>();
        for (int row = 0; row < tokens.length; row++) {
            states.add(arena.allocate(results.hidden(row, cut).byteSize()).copyFrom(results.hidden(row, cut)));
        }
        return states;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3-linear"})
    void hiddenStatesEqualTheOracle(String model) {
        try (Tiny tiny = Tiny.plain(model);
                Sequence sequence = tiny.runner().open()) {
            int[] tokens = tiny.tokens(20, 11);
            int layers = tiny.checkpoint().spec().layers().size();
            Batch batch = new Batch();
            for (int token : tokens) {
                int row = batch.add(sequence, Phase.PREFILL, token);
                for (int layer = 0; layer <= layers; layer++) {
                    batch.want(row, Want.HIDDEN, layer);
                }
            }
            Results results = tiny.runner().run(batch);
            double[][][] expected = tiny.oracle().run(tokens).hidden();
            for (int layer = 0; layer <= layers; layer++) {
                for (int row = 0; row < tokens.length; row++) {
                    Tiny.assertClose(results.hidden(row, layer).toArray(ValueLayout.JAVA_FLOAT), expected[layer][row]);
                }
            }
        }
    }
}

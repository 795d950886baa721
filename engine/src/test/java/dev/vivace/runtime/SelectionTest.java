package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Attention;
import dev.vivace.seam.Batch;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.Results;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Selection;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Throw-away [Attention] parts against the oracle under the same mask.
class SelectionTest {
    /// What a random part selected: `[layer][head][slot of the row][slot]` is a log-weight, NaN where nothing
    /// is read.
    private static final class Chosen extends OracleRules {
        final double[][][][] weight;

        Chosen(int layers, int heads, int slots) {
            weight = new double[layers][heads][slots][slots];
        }

        @Override
        boolean reads(int layer, int head, int row, int slot) {
            return slot <= row && !Double.isNaN(weight[layer][head][row][slot]);
        }

        @Override
        double logWeight(int layer, int head, int row, int slot) {
            return weight[layer][head][row][slot];
        }
    }

    /// Selects at random, some rows and heads not at all, and notes it.
    private static final class RandomPart implements Attention {
        private final Random random;
        private final int heads;
        private final KeyForm form;
        private final Chosen[] chosen;
        private final Sequence[] sequences;

        RandomPart(int seed, int heads, KeyForm form, Sequence[] sequences, Chosen[] chosen) {
            this.random = new Random(seed);
            this.heads = heads;
            this.form = form;
            this.sequences = sequences;
            this.chosen = chosen;
        }

        @Override
        public KeyForm keys(int layer) {
            return form;
        }

        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            assertThat(queries.columns() % heads).isZero();
            for (int from = 0; from < rows.count(); ) {
                int to = from + 1;
                int most = from + 1 + random.nextInt(20);
                while (to < most && to < rows.count() && rows.sequence(to) == rows.sequence(from)) {
                    to++;
                }
                if (random.nextInt(3) == 0) {
                    tile(rows, from, to, Selection.ALL_HEADS, layer, out);
                } else {
                    for (int head = 0; head < heads; head++) {
                        if (random.nextInt(4) > 0) {
                            tile(rows, from, to, head, layer, out);
                        }
                    }
                }
                from = to;
            }
        }

        private void tile(Rows rows, int from, int to, int head, int layer, Selection out) {
            out.tile(from, to, head);
            int length = rows.sequence(from).length();
            double[] line = new double[length];
            Arrays.fill(line, Double.NaN);
            for (int start = random.nextInt(4); start < length; ) {
                int count = 1 + random.nextInt(length / 3 + 1);
                float weight = random.nextBoolean() ? 0 : random.nextFloat() * 2 - 1;
                out.run(start, count, weight);
                Arrays.fill(line, start, Math.min(length, start + count), weight);
                start += count + random.nextInt(5);
            }
            for (int row = from; row < to; row++) {
                note(rows.sequence(row), rows.slot(row), head, layer, line);
            }
        }

        private void note(Sequence sequence, int row, int head, int layer, double[] line) {
            Chosen to = chosen[List.of(sequences).indexOf(sequence)];
            for (int h = 0; h < heads; h++) {
                for (int slot = 0; (head == Selection.ALL_HEADS || head == h) && slot <= row; slot++) {
                    to.weight[layer][h][row][slot] += line[slot];
                }
            }
        }
    }

    private static int heads(Tiny tiny) {
        return tiny.checkpoint().spec().layer(0).heads();
    }

    private static Chosen chosen(Tiny tiny, int slots) {
        return new Chosen(tiny.checkpoint().spec().layers().size(), heads(tiny), slots);
    }

    @ParameterizedTest
    @CsvSource({
        "llama3-gqa, 1, ROTATED", "llama3-gqa, 2, RAW", "llama-odd, 3, ROTATED", "llama-odd, 3, RAW",
        "gemma3, 4, ROTATED", "gemma3-linear, 5, RAW", "gemma3-linear, 6, ROTATED", "llama-yarn, 7, RAW"
    })
    void randomSelectionsEqualTheOracle(String model, int seed, KeyForm form) {
        int length = 150;
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, setup.threads(1 + seed % 3))) {
                Sequence[] sequences = new Sequence[1];
                Chosen[] chosen = {chosen(tiny, length)};
                Runner runner = tiny.runner(new RandomPart(seed, heads(tiny), form, sequences, chosen));
                int[] tokens = tiny.tokens(length, seed);
                try (Sequence sequence = runner.open()) {
                    sequences[0] = sequence;
                    float[][] logits = Tiny.run(runner, sequence, Phase.PREFILL, 67, tokens);
                    Tiny.assertClose(
                            logits, tiny.oracle().run(tokens, chosen[0]).logits());
                }
            }
        }
    }

    /// Two sequences with the part (one with it twice over, as two parts), one without, in the same steps.
    @ParameterizedTest
    @CsvSource({"llama3-gqa, ROTATED", "llama3-gqa, RAW", "gemma3-linear, RAW"})
    void partsIntersectAndLeaveStepMatesAlone(String model, KeyForm form) {
        int length = 60;
        try (Tiny tiny = Tiny.plain(model)) {
            Sequence[] sequences = new Sequence[3];
            Chosen[] chosen = {chosen(tiny, length), chosen(tiny, length), chosen(tiny, length)};
            RandomPart first = new RandomPart(11, heads(tiny), form, sequences, chosen);
            RandomPart second = new RandomPart(12, heads(tiny), KeyForm.ROTATED, sequences, chosen);
            Runner[] runners = {tiny.runner(first), tiny.runner(first, second), tiny.runner()};
            int[][] texts = new int[3][];
            float[][][] logits = new float[3][length][];
            for (int i = 0; i < 3; i++) {
                sequences[i] = runners[i].open();
                texts[i] = tiny.tokens(length, 20 + i);
            }
            Batch batch = new Batch();
            for (int from = 0; from < length; from += 20) {
                batch.clear();
                List<int[]> rows = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    for (int k = from; k < from + 20; k++) {
                        Phase phase = i == 1 ? Phase.DECODE : Phase.PREFILL;
                        batch.wantLogits(batch.add(sequences[i], phase, texts[i][k]));
                        rows.add(new int[] {i, k});
                    }
                }
                Results results = runners[2].run(batch);
                for (int row = 0; row < rows.size(); row++) {
                    logits[rows.get(row)[0]][rows.get(row)[1]] = Tiny.logits(results, row);
                }
            }
            for (int i = 0; i < 3; i++) {
                Tiny.assertClose(
                        logits[i], tiny.oracle().run(texts[i], chosen[i]).logits());
                sequences[i].close();
            }
            try (Sequence alone = runners[2].open()) {
                assertThat(Tiny.run(runners[2], alone, Phase.PREFILL, 20, texts[2]))
                        .isDeepEqualTo(logits[2]);
            }
        }
    }

    private record Everything(KeyForm form) implements Attention {
        @Override
        public KeyForm keys(int layer) {
            return form;
        }

        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            for (int row = 0; row < rows.count(); row++) {
                out.tile(row, row + 1, Selection.ALL_HEADS);
                out.run(0, Integer.MAX_VALUE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3-linear"})
    void selectingEverythingHasTheBitsOfSelectingNothing(String model) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, setup)) {
                int[] tokens = tiny.tokens(600, 30);
                Runner plain = tiny.runner();
                Runner selecting = tiny.runner(new Everything(KeyForm.ROTATED));
                try (Sequence a = plain.open();
                        Sequence b = selecting.open()) {
                    assertThat(Tiny.run(selecting, b, Phase.PREFILL, 64, tokens))
                            .isDeepEqualTo(Tiny.run(plain, a, Phase.PREFILL, 512, tokens));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "llama-odd", "gemma3-linear", "llama-yarn-knobs"})
    void rawKeysGiveWhatRotatedKeysGive(String model) {
        try (Tiny tiny = Tiny.plain(model)) {
            int[] tokens = tiny.tokens(140, 31);
            Runner raw = tiny.runner(new Everything(KeyForm.RAW));
            try (Sequence sequence = raw.open()) {
                Tiny.assertClose(
                        Tiny.run(raw, sequence, Phase.PREFILL, 50, tokens),
                        tiny.oracle().run(tokens).logits());
            }
        }
    }

    /// Every row reads the first four slots and the last `window`, positions given anew (StreamingLLM's sinks).
    private record Sinks(int window) implements Attention {
        @Override
        public KeyForm keys(int layer) {
            return KeyForm.RAW;
        }

        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            for (int row = 0; row < rows.count(); row++) {
                int slot = rows.slot(row);
                if (slot >= window + 4) {
                    out.tile(row, row + 1, row % 2 == 0 ? Selection.ALL_HEADS : 1);
                    out.run(0, 4);
                    out.run(slot + 1 - window, window);
                    out.renumber();
                }
            }
        }

        OracleRules rules() {
            return new OracleRules() {
                private boolean renumbered(int head, int row) {
                    return row >= window + 4 && (row % 2 == 0 || head == 1);
                }

                @Override
                boolean reads(int layer, int head, int row, int slot) {
                    boolean all = !renumbered(head, row) || slot < 4 || slot > row - window;
                    return slot <= row && all;
                }

                @Override
                int keyPosition(int layer, int head, int row, int slot) {
                    return renumbered(head, row) ? (slot < 4 ? slot : slot - (row - window - 3)) : -1;
                }

                @Override
                int queryPosition(int layer, int head, int row) {
                    return renumbered(head, row) ? window + 3 : -1;
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "llama-odd", "llama-rope3"})
    void positionsGivenAnewEqualTheOracle(String model) {
        try (Tiny tiny = Tiny.plain(model)) {
            int[] tokens = tiny.tokens(150, 32);
            Sinks part = new Sinks(70);
            Runner runner = tiny.runner(part);
            try (Sequence sequence = runner.open()) {
                // One step, so that a row's number in it is its slot.
                Tiny.assertClose(
                        Tiny.prompt(runner, sequence, tokens),
                        tiny.oracle().run(tokens, part.rules()).logits());
            }
        }
    }

    private record Renumbering() implements Attention {
        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            out.tile(0, 1, 0);
            out.run(0, 1);
            out.renumber();
        }
    }

    private record OutOfRows(int head) implements Attention {
        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            out.tile(0, rows.count() + (head < 0 ? 1 : 0), head);
            out.run(0, 1);
        }
    }

    private record Twice() implements Attention {
        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            out.tile(0, 1, 0);
            out.run(0, 1);
            out.tile(0, 1, Selection.ALL_HEADS);
            out.run(0, 1);
        }
    }

    @Test
    void wrongSelectionsAreRefusedAndLeaveTheSequenceAsItWas() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            for (Attention part : List.of(new Renumbering(), new OutOfRows(-1), new OutOfRows(4), new Twice())) {
                Runner runner = tiny.runner(part);
                try (Sequence sequence = runner.open()) {
                    assertThatThrownBy(() -> Tiny.prompt(runner, sequence, 1, 2, 3))
                            .isInstanceOfAny(IllegalStateException.class, IllegalArgumentException.class);
                    assertThat(sequence.length()).isZero();
                }
            }
        }
    }

    @Test
    void wrongRunsAreRefused() {
        Selection selection = new Selection();
        assertThatThrownBy(() -> selection.run(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selection.tile(2, 2, 0)).isInstanceOf(IllegalArgumentException.class);
        selection.tile(0, 1, 0);
        selection.run(4, 2);
        assertThatThrownBy(() -> selection.run(5, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selection.run(8, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selection.run(8, Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }
}

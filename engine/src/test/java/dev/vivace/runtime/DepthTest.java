package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Depth;
import dev.vivace.seam.Results;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Throw-away [Depth] parts against the oracle.
class DepthTest {
    /// Whether the row of `slot` sits layer `layer` out.
    private static boolean skips(int layer, int slot) {
        return (slot * 7 + layer * 3) % 5 < 2;
    }

    private record Skipper() implements Depth {
        @Override
        public void before(int layer, Rows rows, Matrix hidden, Live live) {
            for (int i = 0; i < rows.count(); i++) {
                if (skips(layer, rows.slot(i))) {
                    live.skip(rows.batchRow(i));
                }
            }
        }
    }

    private static final OracleRules SKIPPED = new OracleRules() {
        @Override
        boolean runs(int layer, int row) {
            return !skips(layer, row);
        }
    };

    /// Chunks shorter and longer than the windows; a mate that skips nothing shares every step.
    @ParameterizedTest
    @CsvSource({"llama3-gqa, 80", "llama3-gqa, 9", "gemma3, 80", "gemma3, 1", "gemma3, 20", "gemma3-linear, 11"})
    void skippedRowsEqualTheOracle(String model, int rows) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, setup.threads(2))) {
                int[] tokens = tiny.tokens(80, 1);
                Runner runner = tiny.runner(new Skipper());
                Runner plain = tiny.runner();
                float[][] skipped = new float[80][];
                float[][] mates = new float[80][];
                try (Sequence sequence = runner.open();
                        Sequence mate = plain.open()) {
                    Batch batch = new Batch();
                    for (int from = 0; from < 80; from += rows) {
                        batch.clear();
                        int count = Math.min(rows, 80 - from);
                        for (int i = 0; i < count; i++) {
                            batch.wantLogits(batch.add(sequence, Phase.PREFILL, tokens[from + i]));
                            batch.wantLogits(batch.add(mate, Phase.DECODE, tokens[from + i]));
                        }
                        Results results = plain.run(batch);
                        for (int i = 0; i < count; i++) {
                            skipped[from + i] = Tiny.logits(results, 2 * i);
                            mates[from + i] = Tiny.logits(results, 2 * i + 1);
                        }
                    }
                }
                Tiny.assertClose(skipped, tiny.oracle().run(tokens, SKIPPED).logits());
                Tiny.assertClose(mates, tiny.oracle().run(tokens).logits());
            }
        }
    }

    @Test
    void treesOverSkippedSlotsEqualTheOracle() {
        try (Tiny tiny = Tiny.plain("gemma3")) {
            int[] tokens = tiny.tokens(40, 2);
            Runner runner = tiny.runner(new Skipper());
            try (Sequence sequence = runner.open()) {
                Tiny.prompt(runner, sequence, Arrays.copyOf(tokens, 37));
                Batch batch = new Batch();
                batch.add(sequence, Phase.VERIFY, tokens[1], 37, Batch.STORED);
                for (int i = 37; i < 40; i++) {
                    int parent = i == 37 ? Batch.STORED : i - 37;
                    batch.wantLogits(batch.add(sequence, Phase.VERIFY, tokens[i], i, parent));
                }
                Results results = runner.run(batch);
                // Slots 38, 39, 40 hold the branch; the part skips by slot, the oracle by row.
                OracleRules rules = new OracleRules() {
                    @Override
                    boolean runs(int layer, int row) {
                        return !skips(layer, row < 37 ? row : row + 1);
                    }
                };
                double[][] expected = tiny.oracle().run(tokens, rules).logits();
                for (int i = 37; i < 40; i++) {
                    Tiny.assertClose(Tiny.logits(results, i - 36), expected[i]);
                }
            }
        }
    }

    /// Rows of odd slots stop before layer `at`.
    private record Retirer(int at, boolean store) implements Depth {
        @Override
        public void before(int layer, Rows rows, Matrix hidden, Live live) {
            for (int i = 0; i < rows.count(); i++) {
                assertThat(layer <= at || rows.slot(i) % 2 == 0).isTrue();
                if (layer == at && rows.slot(i) % 2 == 1) {
                    live.retire(rows.batchRow(i), store);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama3-gqa, 1, true",
        "llama3-gqa, 1, false",
        "gemma3, 0, true",
        "gemma3, 3, true",
        "gemma3, 3, false",
        "gemma3-linear, 2, true",
        "gemma3-linear, 3, false"
    })
    void retiredRowsEqualTheOracle(String model, int at, boolean store) {
        try (Tiny tiny = Tiny.plain(model)) {
            int[] tokens = tiny.tokens(50, 3);
            Runner runner = tiny.runner(new Retirer(at, store));
            OracleRules rules = new OracleRules() {
                @Override
                boolean runs(int layer, int row) {
                    return layer < at || row % 2 == 0;
                }

                @Override
                boolean stores(int layer, int row) {
                    return store || runs(layer, row);
                }
            };
            for (int rows : new int[] {50, 7, 1}) {
                try (Sequence sequence = runner.open()) {
                    Tiny.assertClose(
                            Tiny.run(runner, sequence, Phase.PREFILL, rows, tokens),
                            tiny.oracle().run(tokens, rules).logits());
                    assertThat(sequence.kv(0).present(1)).isEqualTo(store || at > 0);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3"})
    void rowsOfSomeLayersEqualTheOracle(String model) {
        try (Tiny tiny = Tiny.plain(model)) {
            int[] tokens = tiny.tokens(30, 4);
            int layers = tiny.checkpoint().spec().layers().size();
            Runner runner = tiny.runner();
            OracleRules rules = new OracleRules() {
                @Override
                boolean runs(int layer, int row) {
                    return row % 3 != 0 || layer < layers - 1;
                }
            };
            try (Sequence sequence = runner.open()) {
                Batch batch = new Batch();
                for (int i = 0; i < 30; i++) {
                    int row = batch.add(sequence, Phase.PREFILL, tokens[i]);
                    batch.layers(row, 0, i % 3 == 0 ? layers - 1 : layers);
                    batch.wantLogits(row);
                }
                Results results = runner.run(batch);
                double[][] expected = tiny.oracle().run(tokens, rules).logits();
                for (int i = 0; i < 30; i++) {
                    Tiny.assertClose(Tiny.logits(results, i), expected[i]);
                }
            }
        }
    }

    /// Before layer `at`, each row of phase VERIFY spawns two rows that hang from it: its state times 0.5 and 2.
    private static final class Spawner implements Depth {
        private final int at;
        private final List<Integer> spawned = new ArrayList<>();

        Spawner(int at) {
            this.at = at;
        }

        @Override
        public int spawnsPerRow() {
            return 2;
        }

        @Override
        public void before(int layer, Rows rows, Matrix hidden, Live live) {
            if (layer != at) {
                return;
            }
            spawned.clear();
            try (Arena arena = Arena.ofConfined()) {
                for (int i = 0; i < rows.count(); i++) {
                    for (double factor = 0.5; factor <= 2 && rows.phase(i) == Phase.VERIFY; factor *= 4) {
                        MemorySegment state = arena.allocate(4L * hidden.columns(), 64);
                        for (int d = 0; d < hidden.columns(); d++) {
                            float x = (float) factor * hidden.at(rows.batchRow(i), d);
                            state.setAtIndex(ValueLayout.JAVA_FLOAT, d, x);
                        }
                        int row = live.spawn(rows.batchRow(i), rows.position(i) + 1, state);
                        rows.batch().wantLogits(row);
                        spawned.add(row);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama3-gqa, 0", "llama3-gqa, 1", "llama3-gqa, 2", "gemma3, 2", "gemma3, 5", "gemma3-linear, 1"})
    void spawnedRowsEqualTheOracleAndCanBeKeptOrCut(String model, int at) {
        try (Tiny tiny = Tiny.plain(model)) {
            int[] tokens = tiny.tokens(20, 5);
            Spawner part = new Spawner(at);
            Runner runner = tiny.runner(part);
            try (Sequence sequence = runner.open()) {
                Tiny.prompt(runner, sequence, Arrays.copyOf(tokens, 18));
                Batch batch = new Batch();
                batch.wantLogits(batch.add(sequence, Phase.VERIFY, tokens[18]));
                batch.wantLogits(batch.add(sequence, Phase.VERIFY, tokens[19]));
                Results results = runner.run(batch);
                assertThat(part.spawned).hasSize(4);
                for (int k = 0; k < 4; k++) {
                    int row = part.spawned.get(k);
                    double factor = k % 2 == 0 ? 0.5 : 2;
                    double[][] expected = spawnedOracle(tiny, tokens, 18 + k / 2, at, factor);
                    Tiny.assertClose(Tiny.logits(results, row), expected[19 + k / 2]);
                }
                Tiny.assertClose(
                        Tiny.logits(results, 1), tiny.oracle().run(tokens).logits()[19]);
                // Row 0 and its second child stay.
                sequence.keep(new int[] {0, part.spawned.get(1)}, 2);
                Tiny.assertClose(Tiny.run(runner, sequence, Phase.PREFILL, 1, 7)[0], keptOracle(tiny, tokens, at)[20]);
                sequence.truncate(19);
                Tiny.assertClose(
                        Tiny.run(runner, sequence, Phase.PREFILL, 1, tokens[19])[0],
                        tiny.oracle().run(tokens).logits()[19]);
            }
        }
    }

    /// Rows `0..parent` of the text and a row that enters layer `at` with the parent's state times `factor`.
    private static double[][] spawnedOracle(Tiny tiny, int[] tokens, int parent, int at, double factor) {
        return oracleWithChild(tiny, Arrays.copyOf(tokens, parent + 2), parent, at, factor);
    }

    private static double[][] keptOracle(Tiny tiny, int[] tokens, int at) {
        int[] text = Arrays.copyOf(tokens, 21);
        text[20] = 7;
        return oracleWithChild(tiny, text, 18, at, 2);
    }

    private static double[][] oracleWithChild(Tiny tiny, int[] text, int parent, int at, double factor) {
        int child = parent + 1;
        OracleDecoder oracle = tiny.oracle();
        double[] state = oracle.run(text).hidden()[at][parent];
        OracleRules rules = new OracleRules() {
            @Override
            boolean runs(int layer, int row) {
                return row != child || layer >= at;
            }

            @Override
            double[] before(int layer, int row, double[] own) {
                if (row != child || layer != at) {
                    return own;
                }
                double[] scaled = state.clone();
                for (int d = 0; d < scaled.length; d++) {
                    scaled[d] *= factor;
                }
                return scaled;
            }
        };
        return oracle.run(text, rules).logits();
    }

    /// Spawns in one layer and skips in an earlier one, so that marks of absence must outlive the new slots.
    private record SkipThenSpawn(Spawner spawner) implements Depth {
        @Override
        public int spawnsPerRow() {
            return 2;
        }

        @Override
        public void before(int layer, Rows rows, Matrix hidden, Live live) {
            if (layer == 0) {
                live.skip(rows.batchRow(0));
            }
            spawner.before(layer, rows, hidden, live);
        }
    }

    @Test
    void whatWasSkippedStaysAbsentWhenRowsAreSpawned() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner(new SkipThenSpawn(new Spawner(1)));
            try (Sequence sequence = runner.open()) {
                Tiny.run(runner, sequence, Phase.VERIFY, 1, 3);
                assertThat(sequence.kv(0).present(0)).isFalse();
                assertThat(sequence.kv(0).present(1)).isFalse();
                assertThat(sequence.kv(1).present(0)).isTrue();
                assertThat(sequence.kv(1).present(2)).isTrue();
            }
        }
    }

    private record Greedy() implements Depth {
        @Override
        public int spawnsPerRow() {
            return 1;
        }

        @Override
        public void before(int layer, Rows rows, Matrix hidden, Live live) {
            live.spawn(rows.batchRow(0), rows.position(0) + 1, hidden.row(rows.batchRow(0)));
            live.spawn(rows.batchRow(0), rows.position(0) + 1, hidden.row(rows.batchRow(0)));
        }
    }

    @Test
    void spawningMoreThanAnnouncedIsAnErrorAndLeavesTheSequenceAsItWas() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner(new Greedy());
            try (Sequence sequence = runner.open()) {
                assertThatThrownBy(() -> Tiny.prompt(runner, sequence, 1)).hasMessageContaining("spawnsPerRow");
                assertThat(sequence.length()).isZero();
            }
        }
    }
}

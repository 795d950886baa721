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
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Trees of rows verified in one step have the bits of each branch run alone.
class TreeTest {
    /// Reads every other slot, the first and the row's own, counted along the row's own text.
    private record Some(KeyForm form, int base) implements Attention {
        @Override
        public KeyForm keys(int layer) {
            return form;
        }

        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            for (int row = 0; row < rows.count(); row++) {
                out.tile(row, row + 1, Selection.ALL_HEADS);
                for (int slot = 0; slot < Math.min(base, rows.slot(row) + 1); slot += 2) {
                    out.run(slot, 1, 0.25f);
                }
                if (rows.slot(row) >= base) {
                    out.run(base, Integer.MAX_VALUE - base);
                }
            }
        }
    }

    private static Runner runner(Tiny tiny, String part, int base) {
        return switch (part) {
            case "plain" -> tiny.runner();
            case "rotated" -> tiny.runner(new Some(KeyForm.ROTATED, base));
            case "raw" -> tiny.runner(new Some(KeyForm.RAW, base));
            default -> throw new IllegalArgumentException(part);
        };
    }

    /// A random tree: the parents of its rows.
    private static int[] tree(Random random, int rows) {
        int[] parents = new int[rows];
        for (int row = 0; row < rows; row++) {
            parents[row] = random.nextInt(4) == 0 ? Batch.STORED : random.nextInt(row + 1) - 1;
        }
        return parents;
    }

    private static List<Integer> chain(int[] parents, int row) {
        List<Integer> chain = new ArrayList<>();
        for (int at = row; at >= 0; at = parents[at]) {
            chain.addFirst(at);
        }
        return chain;
    }

    @ParameterizedTest
    @CsvSource({
        "llama3-gqa, plain, 0", "llama3-gqa, plain, 61", "llama3-gqa, plain, 64", "llama3-gqa, plain, 507",
        "llama3-gqa, plain, 512", "llama3-gqa, rotated, 507", "llama3-gqa, raw, 61", "llama-odd, raw, 507",
        "gemma3-linear, plain, 3", "gemma3-linear, plain, 508", "gemma3, raw, 62"
    })
    void everyBranchHasTheBitsOfRunningAlone(String model, String part, int base) {
        for (Tiny.Setup setup : Tiny.Setup.levels()) {
            try (Tiny tiny = new Tiny(model, setup)) {
                Random random = new Random(base);
                Runner runner = runner(tiny, part, base);
                int[] prompt = tiny.tokens(base, 1);
                for (int round = 0; round < 4; round++) {
                    int[] parents = tree(random, 9);
                    int[] tokens = tiny.tokens(parents.length, 2 + round);
                    try (Sequence sequence = runner.open()) {
                        Tiny.prompt(runner, sequence, prompt);
                        try (Sequence tree = sequence.fork()) {
                            List<float[]> logits = verify(runner, tree, base, tokens, parents);
                            for (int row = 0; row < tokens.length; row++) {
                                float[][] alone = alone(runner, sequence, tokens, chain(parents, row));
                                assertThat(logits.get(row)).as("row %d", row).isEqualTo(alone[alone.length - 1]);
                            }
                            keepAndGoOn(tiny, runner, sequence, tree, tokens, chain(parents, random.nextInt(9)));
                        }
                    }
                }
            }
        }
    }

    private static List<float[]> verify(Runner runner, Sequence sequence, int base, int[] tokens, int[] parents) {
        Batch batch = new Batch();
        for (int row = 0; row < tokens.length; row++) {
            int position = parents[row] == Batch.STORED ? base : batch.position(parents[row]) + 1;
            batch.wantLogits(batch.add(sequence, Phase.VERIFY, tokens[row], position, parents[row]));
        }
        Results results = runner.run(batch);
        List<float[]> logits = new ArrayList<>();
        for (int row = 0; row < tokens.length; row++) {
            logits.add(Tiny.logits(results, row));
        }
        return logits;
    }

    private static float[][] alone(Runner runner, Sequence sequence, int[] tokens, List<Integer> chain) {
        try (Sequence branch = sequence.fork()) {
            int[] text = chain.stream().mapToInt(row -> tokens[row]).toArray();
            return Tiny.run(runner, branch, Phase.DECODE, 1, text);
        }
    }

    private static void keepAndGoOn(
            Tiny tiny, Runner runner, Sequence before, Sequence tree, int[] tokens, List<Integer> chain) {
        tree.keep(chain.stream().mapToInt(row -> row).toArray(), chain.size());
        assertThat(tree.length()).isEqualTo(before.length() + chain.size());
        assertThat(tree.nextPosition()).isEqualTo(tree.length());
        int[] rest = tiny.tokens(70, 9);
        try (Sequence plain = before.fork()) {
            Tiny.run(
                    runner,
                    plain,
                    Phase.DECODE,
                    1,
                    chain.stream().mapToInt(row -> tokens[row]).toArray());
            assertThat(Tiny.run(runner, tree, Phase.DECODE, 1, rest))
                    .isDeepEqualTo(Tiny.run(runner, plain, Phase.DECODE, 1, rest));
        }
    }

    @Test
    void treesStandBesideOtherSequencesWithFewerBitsInTheCache() {
        try (Tiny tiny =
                new Tiny("gemma3-linear", Tiny.Setup.plain().type(DType.F16).threads(2))) {
            Runner runner = tiny.runner();
            int[] prompt = tiny.tokens(66, 1);
            int[] tokens = tiny.tokens(4, 2);
            int[] parents = {-1, 0, -1, 2};
            try (Sequence a = runner.open();
                    Sequence b = runner.open()) {
                Tiny.prompt(runner, a, prompt);
                Tiny.prompt(runner, b, prompt);
                float[][] alone = alone(runner, a, tokens, List.of(2, 3));
                float[][] other = alone(runner, b, tokens, List.of(0));
                Batch batch = new Batch();
                for (int row = 0; row < 4; row++) {
                    int position = 66 + row % 2;
                    batch.wantLogits(batch.add(a, Phase.VERIFY, tokens[row], position, parents[row]));
                }
                batch.wantLogits(batch.add(b, Phase.DECODE, tokens[0]));
                Results results = runner.run(batch);
                assertThat(Tiny.logits(results, 3)).isEqualTo(alone[1]);
                assertThat(Tiny.logits(results, 4)).isEqualTo(other[0]);
                b.keep(new int[] {4}, 1);
                a.keep(new int[] {2, 3}, 2);
                assertThat(Tiny.run(runner, a, Phase.DECODE, 1, 5))
                        .isDeepEqualTo(onceMore(runner, b, tokens[2], tokens[3], 5));
            }
        }
    }

    private static float[][] onceMore(Runner runner, Sequence sequence, int... tokens) {
        sequence.truncate(66);
        float[][] logits = Tiny.run(runner, sequence, Phase.DECODE, 1, tokens);
        return new float[][] {logits[logits.length - 1]};
    }

    @Test
    void goingOnWithoutKeepIsAnError() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner();
            try (Sequence sequence = runner.open()) {
                Tiny.prompt(runner, sequence, 1, 2, 3);
                float[] expected = alone(runner, sequence, new int[] {9}, List.of(0))[0];
                verify(runner, sequence, 3, new int[] {4, 5}, new int[] {-1, -1});
                assertThatThrownBy(() -> Tiny.prompt(runner, sequence, 6))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("keep");
                assertThatThrownBy(sequence::fork).hasMessageContaining("keep");
                assertThat(sequence.length()).isEqualTo(5);
                sequence.truncate(3);
                assertThat(Tiny.run(runner, sequence, Phase.DECODE, 1, 9)[0]).isEqualTo(expected);
            }
        }
    }

    @Test
    void keepRefusesRowsThatAreNotOfTheLastStepOrOutOfOrder() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner();
            try (Sequence sequence = runner.open()) {
                verify(runner, sequence, 0, new int[] {4, 5, 6}, new int[] {-1, -1, 1});
                assertThatThrownBy(() -> sequence.keep(new int[] {3}, 1)).hasMessageContaining("row=3");
                assertThatThrownBy(() -> sequence.keep(new int[] {2, 1}, 2)).hasMessageContaining("row=1");
                sequence.keep(new int[] {1, 2}, 2);
                sequence.keep(new int[] {1}, 1);
                assertThat(sequence.length()).isOne();
                assertThatThrownBy(() -> sequence.keep(new int[] {2}, 1)).hasMessageContaining("row=2");
                sequence.extend(1, 2);
                assertThatThrownBy(() -> sequence.keep(new int[] {1}, 1)).hasMessageContaining("row=1");
            }
        }
    }

    @Test
    void keepAfterAForkLeavesTheForkAlone() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner();
            try (Sequence sequence = runner.open()) {
                Tiny.run(runner, sequence, Phase.VERIFY, 5, 1, 2, 3, 4, 5);
                try (Sequence fork = sequence.fork();
                        Sequence plain = runner.open()) {
                    sequence.keep(new int[] {0, 2, 4}, 3);
                    Tiny.run(runner, plain, Phase.VERIFY, 5, 1, 2, 3, 4, 5);
                    assertThat(Tiny.run(runner, fork, Phase.DECODE, 1, 6, 7))
                            .isDeepEqualTo(Tiny.run(runner, plain, Phase.DECODE, 1, 6, 7));
                    assertThat(sequence.position(2)).isEqualTo(4);
                }
            }
        }
    }
}

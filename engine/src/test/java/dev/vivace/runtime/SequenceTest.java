package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.CapacityException;
import dev.vivace.OptionException;
import dev.vivace.kernel.Phase;
import dev.vivace.seam.Batch;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvView;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Want;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sequences: forks, cuts, pages shared and moved away, annexes, keys and values written by hand, failures.
class SequenceTest {
    private static int pages(Sequence any, int layer) {
        return ((CachedSequence) any).layer(layer).shape().pool().pagesInUse();
    }

    @Test
    void forksSharePagesUntilOneSideWritesAndClosingInAnyOrderFreesAll() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner();
            for (int[] order : new int[][] {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}}) {
                Sequence root = runner.open();
                Tiny.prompt(runner, root, tiny.tokens(130, 1));
                assertThat(pages(root, 0)).isEqualTo(3);
                Sequence a = root.fork();
                Sequence b = a.fork();
                assertThat(pages(root, 1)).isEqualTo(3);
                Tiny.prompt(runner, a, 1);
                assertThat(pages(root, 1)).isEqualTo(4);
                b.truncate(64);
                Tiny.prompt(runner, b, 2);
                assertThat(pages(root, 1)).isEqualTo(5);
                Sequence[] all = {root, a, b};
                for (int i : order) {
                    all[i].close();
                    all[i].close();
                }
                assertThat(pages(root, 0)).isZero();
                assertThat(pages(root, 1)).isZero();
            }
        }
    }

    /// One of the random test's sequences and the text it should hold.
    private record Held(Sequence sequence, List<Integer> text) {}

    @ParameterizedTest
    @CsvSource({"llama3-gqa, plain", "gemma3-linear, plain", "llama3-gqa, cold", "gemma3-linear, raw"})
    void randomOperationsEqualStartingFromScratch(String model, String kind) {
        try (Tiny tiny = new Tiny(model, Tiny.Setup.plain().type(kind.equals("cold") ? DType.F16 : DType.F32))) {
            Random random = new Random(1);
            ColdPages cold = new ColdPages(kind.equals("raw") ? KeyForm.RAW : KeyForm.ROTATED, 2);
            Runner runner = kind.equals("plain") ? tiny.runner() : tiny.runner(cold);
            List<Held> all = new ArrayList<>();
            all.add(new Held(runner.open(), new ArrayList<>()));
            for (int i = 0; i < 1000; i++) {
                Held held = all.get(random.nextInt(all.size()));
                operate(tiny, runner, held, all, random);
                if (i % 5 == 0) {
                    check(tiny, runner, all.get(random.nextInt(all.size())), random);
                }
            }
            Sequence last = all.getLast().sequence();
            all.forEach(held -> held.sequence().close());
            for (int layer = 0; layer < tiny.checkpoint().spec().layers().size(); layer++) {
                assertThat(pages(last, layer)).isZero();
            }
            assertThat(cold.openStates).isZero();
            assertThat(cold.fetched > 0).isEqualTo(!kind.equals("plain"));
        }
    }

    private static void operate(Tiny tiny, Runner runner, Held held, List<Held> all, Random random) {
        switch (random.nextInt(6)) {
            case 0, 1 -> append(tiny, runner, held, 1 + random.nextInt(50), random);
            case 2 -> branch(tiny, runner, held, random);
            case 3 -> {
                int to = random.nextInt(held.text().size() + 1);
                held.sequence().truncate(to);
                held.text().subList(to, held.text().size()).clear();
            }
            case 4 -> all.add(new Held(held.sequence().fork(), new ArrayList<>(held.text())));
            case 5 -> {
                if (all.size() > 4) {
                    all.remove(held);
                    held.sequence().close();
                }
            }
            default -> throw new IllegalStateException();
        }
    }

    private static void append(Tiny tiny, Runner runner, Held held, int count, Random random) {
        if (held.text().size() + count < 200) {
            int[] tokens = tiny.tokens(count, random.nextInt());
            Tiny.prompt(runner, held.sequence(), tokens);
            Arrays.stream(tokens).forEach(held.text()::add);
        }
    }

    /// Two branches and a stem; one branch stays.
    private static void branch(Tiny tiny, Runner runner, Held held, Random random) {
        int[] tokens = tiny.tokens(5, random.nextInt());
        int[] parents = {-1, 0, 0, 2, 1};
        int[] depths = {0, 1, 1, 2, 2};
        Batch batch = new Batch();
        for (int i = 0; i < 5; i++) {
            batch.add(held.sequence(), Phase.VERIFY, tokens[i], held.text().size() + depths[i], parents[i]);
        }
        runner.run(batch);
        int[] kept = random.nextBoolean() ? new int[] {0, 2, 3} : new int[] {0, 1, 4};
        int count = random.nextInt(4);
        held.sequence().keep(kept, count);
        for (int i = 0; i < count; i++) {
            held.text().add(tokens[kept[i]]);
        }
    }

    private static void check(Tiny tiny, Runner runner, Held held, Random random) {
        assertThat(held.sequence().length()).isEqualTo(held.text().size());
        assertThat(held.sequence().nextPosition()).isEqualTo(held.text().size());
        int next = tiny.tokens(1, random.nextInt())[0];
        held.text().add(next);
        int[] text = held.text().stream().mapToInt(token -> token).toArray();
        float[] actual = Tiny.prompt(runner, held.sequence(), next)[0];
        try (Sequence scratch = runner.open()) {
            assertThat(actual).isEqualTo(Tiny.prompt(runner, scratch, text)[text.length - 1]);
        }
        if (held.sequence().kv(0).form() == KeyForm.ROTATED) {
            Runner plain = tiny.runner();
            try (Sequence scratch = plain.open()) {
                assertThat(actual).isEqualTo(Tiny.prompt(plain, scratch, text)[text.length - 1]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(KeyForm.class)
    void annexesFollowTheirPages(KeyForm form) {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            ColdPages part = new ColdPages(form, 2);
            Runner runner = tiny.runner(part);
            Runner plain = tiny.runner();
            int[] tokens = tiny.tokens(200, 3);
            int[] others = tiny.tokens(70, 4);
            try (Sequence sequence = runner.open();
                    Sequence warm = form == KeyForm.RAW ? runner.open() : plain.open()) {
                Tiny.run(runner, sequence, Phase.PREFILL, 50, tokens);
                assertThat(sequence.kv(0).resident(1)).isFalse();
                float[] before = annex(sequence, 1, 1);
                try (Sequence fork = sequence.fork()) {
                    assertThat(annex(fork, 1, 1)).isEqualTo(before);
                    fork.truncate(70);
                    assertThat(fork.kv(0).resident(1)).isTrue();
                    Tiny.run(runner, fork, Phase.PREFILL, 50, others);
                    Tiny.prompt(runner, warm, Tiny.join(Arrays.copyOf(tokens, 70), others));
                    assertThat(Tiny.prompt(runner, fork, 5)).isDeepEqualTo(Tiny.prompt(runner, warm, 5));
                    assertThat(annex(fork, 1, 0)).isEqualTo(annex(sequence, 1, 0));
                    assertThat(annex(fork, 1, 1)).isNotEqualTo(before);
                    assertThat(annex(sequence, 1, 1)).isEqualTo(before);
                }
                assertThat(annex(sequence, 1, 1)).isEqualTo(before);
            }
            assertThat(part.openStates).isZero();
        }
    }

    private static float[] annex(Sequence sequence, int layer, int page) {
        return sequence.kv(layer).annex(page).toArray(ValueLayout.JAVA_FLOAT);
    }

    @Test
    void annexHoldsWhatTheKeysOfThePageAre() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner(new ColdPages(KeyForm.ROTATED, 2));
            Runner plain = tiny.runner();
            int[] tokens = tiny.tokens(129, 3);
            try (Sequence cold = runner.open();
                    Sequence warm = plain.open()) {
                Tiny.run(runner, cold, Phase.PREFILL, 128, tokens);
                Tiny.run(plain, warm, Phase.PREFILL, 128, tokens);
                for (int head = 0; head < 2; head++) {
                    float[] keys = keys(warm.kv(1), head, 64, 64);
                    assertThat(annex(cold, 1, 1)[2 * head]).isEqualTo(ColdPages.least(keys));
                    assertThat(annex(cold, 1, 1)[2 * head + 1]).isEqualTo(-ColdPages.least(ColdPages.negative(keys)));
                }
            }
        }
    }

    private static float[] keys(KvView view, int head, int from, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(4L * count * view.keyDim(), 64);
            view.keys(head, from, count, out, 0);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static final class Counted implements Sequence.Annex {
        int closes;

        @Override
        public void close() {
            closes++;
        }
    }

    @Test
    void prefixAnnexesAreSharedByForksDroppedByCutsAndClosedOnce() {
        try (Tiny tiny = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner();
            Object owner = new Object();
            Counted first = new Counted();
            Counted second = new Counted();
            Sequence sequence = runner.open();
            Tiny.prompt(runner, sequence, 1, 2, 3);
            sequence.prefixAnnex(owner, first);
            Sequence fork = sequence.fork();
            assertThat(fork.prefixAnnex(owner)).containsSame(first);
            assertThat(fork.prefixAnnex(this)).isEmpty();
            Tiny.prompt(runner, sequence, 4);
            sequence.truncate(3);
            assertThat(sequence.prefixAnnex(owner)).containsSame(first);
            sequence.truncate(2);
            assertThat(sequence.prefixAnnex(owner)).isEmpty();
            assertThat(first.closes).isZero();
            sequence.prefixAnnex(owner, second);
            fork.close();
            assertThat(first.closes).isOne();
            sequence.prefixAnnex(owner, new Counted());
            assertThat(second.closes).isOne();
            sequence.close();
            sequence.close();
            assertThat(first.closes).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3-linear", "llama-odd"})
    void keysAndValuesWrittenByHandEqualThoseOfAPrompt(String model) {
        try (Tiny tiny = Tiny.plain(model);
                Arena arena = Arena.ofConfined()) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(100, 6);
            try (Sequence from = runner.open();
                    Sequence to = runner.open()) {
                Tiny.prompt(runner, from, tokens);
                assertThat(to.extend(0, 60)).isZero();
                assertThat(to.kv(0).present(59)).isFalse();
                assertThat(to.extend(60, 40)).isEqualTo(60);
                for (int layer = 0; layer < tiny.checkpoint().spec().layers().size(); layer++) {
                    copy(from.kv(layer), to, layer, arena);
                    assertThat(to.kv(layer).present(59)).isTrue();
                }
                assertThat(to.nextPosition()).isEqualTo(100);
                assertThat(Tiny.run(runner, to, Phase.PREFILL, 9, tokens))
                        .isDeepEqualTo(Tiny.run(runner, from, Phase.PREFILL, 9, tokens));
            }
        }
    }

    private static void copy(KvView view, Sequence to, int layer, Arena arena) {
        int rows = view.length();
        Matrix keys = Matrix.allocate(arena, rows, view.kvHeads() * view.keyDim());
        Matrix values = Matrix.allocate(arena, rows, view.kvHeads() * view.valueDim());
        for (int head = 0; head < view.kvHeads(); head++) {
            for (int row = 0; row < rows; row++) {
                view.keys(head, row, 1, keys.data(), keys.offset(row) + 4L * head * view.keyDim());
                view.values(head, row, 1, values.data(), values.offset(row) + 4L * head * view.valueDim());
            }
        }
        to.write(layer, 0, keys, values, rows);
    }

    @Test
    void positionsThatFallAreSeenThroughWindowsSlotBySlot() {
        try (Tiny tiny = Tiny.plain("gemma3-linear")) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(12, 7);
            int[] positions = {0, 1, 9, 2, 3, 9, 9, 4, 5, 6, 10, 3};
            try (Sequence sequence = runner.open()) {
                Batch batch = new Batch();
                for (int i = 0; i < tokens.length; i++) {
                    batch.wantLogits(batch.add(sequence, Phase.PREFILL, tokens[i], positions[i], i - 1));
                }
                var results = runner.run(batch);
                OracleDecoder oracle = tiny.oracle();
                double[][] expected = oracle.run(oracle.states(tokens), positions, new OracleRules())
                        .logits();
                for (int i = 0; i < tokens.length; i++) {
                    Tiny.assertClose(Tiny.logits(results, i), expected[i]);
                }
                assertThat(sequence.nextPosition()).isEqualTo(11);
            }
        }
    }

    @Test
    void wrongRowsAreRefusedAndChangeNothing() {
        try (Tiny tiny = Tiny.plain("llama3-gqa");
                Tiny other = Tiny.plain("llama3-gqa")) {
            Runner runner = tiny.runner();
            int vocabulary = tiny.checkpoint().spec().vocabulary();
            try (Sequence sequence = runner.open();
                    Sequence foreign = other.runner().open()) {
                assertThatThrownBy(() -> Tiny.prompt(runner, sequence, 1, vocabulary))
                        .isInstanceOf(OptionException.class)
                        .hasMessageContaining("token=" + vocabulary);
                assertThatThrownBy(() -> Tiny.prompt(runner, sequence, -7)).hasMessageContaining("token=-7");
                assertThatThrownBy(() -> Tiny.prompt(runner, foreign, 1)).hasMessageContaining("another model");
                Batch batch = new Batch();
                batch.layers(batch.add(sequence, Phase.PREFILL, 1), 1, 2);
                assertThatThrownBy(() -> runner.run(batch)).hasMessageContaining("layer 1");
                batch.clear();
                batch.want(batch.add(sequence, Phase.PREFILL, 1), Want.SCORES, 2);
                assertThatThrownBy(() -> runner.run(batch)).hasMessageContaining("layer 2");
                batch.clear();
                batch.add(sequence, Phase.PREFILL, 1);
                batch.want(3, Want.HIDDEN, 0);
                assertThatThrownBy(() -> runner.run(batch)).hasMessageContaining("row 3");
                assertThatThrownBy(() -> batch.add(foreign, Phase.PREFILL, 1, 0, 0))
                        .hasMessageContaining("parent=0");
                assertThat(sequence.length()).isZero();
                assertThatThrownBy(() -> sequence.truncate(1)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            Sequence closed = runner.open();
            closed.close();
            assertThatThrownBy(() -> Tiny.prompt(runner, closed, 1)).hasMessageContaining("closed");
            assertThatThrownBy(closed::fork).hasMessageContaining("closed");
            assertThatThrownBy(() -> closed.extend(0, 1)).hasMessageContaining("closed");
        }
    }

    @Test
    void fullCacheLeavesEverySequenceAsItWas() {
        // Room for 8 pages in each of two layers; the ninth page does not fit.
        long page = 64L * 2 * 2 * 8 * Float.BYTES;
        try (Tiny tiny = new Tiny("llama3-gqa", Tiny.Setup.plain().limit(2 * 8 * page))) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(600, 8);
            try (Sequence a = runner.open();
                    Sequence b = runner.open()) {
                Tiny.prompt(runner, a, Arrays.copyOf(tokens, 300));
                Tiny.prompt(runner, b, Arrays.copyOf(tokens, 60));
                int used = pages(a, 0);
                Batch batch = new Batch();
                for (int i = 0; i < 10; i++) {
                    batch.add(b, Phase.PREFILL, tokens[60 + i]);
                }
                for (int i = 0; i < 200; i++) {
                    batch.add(a, Phase.PREFILL, tokens[i]);
                }
                assertThatThrownBy(() -> runner.run(batch)).isInstanceOf(CapacityException.class);
                assertThatThrownBy(() -> a.extend(300, 300)).isInstanceOf(CapacityException.class);
                assertThat(a.length()).isEqualTo(300);
                assertThat(b.length()).isEqualTo(60);
                assertThat(pages(a, 0)).isEqualTo(used);
                assertThat(pages(a, 1)).isEqualTo(used);
                float[] expected = Tiny.prompt(runner, b, Arrays.copyOfRange(tokens, 60, 70))[9];
                b.truncate(0);
                assertThat(Tiny.prompt(runner, b, Arrays.copyOf(tokens, 70))[69])
                        .isEqualTo(expected);
                assertThatThrownBy(() -> exhaust(runner, a)).isInstanceOf(CapacityException.class);
            }
            assertThat(pages(runner.open(), 0)).isZero();
        }
    }

    /// Forks share a partly filled page; copies of it for each writer run out of memory in mid-step.
    private static void exhaust(Runner runner, Sequence root) {
        List<Sequence> forks = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Sequence fork = root.fork();
                forks.add(fork);
                Tiny.prompt(runner, fork, i);
            }
        } catch (CapacityException full) {
            Sequence last = forks.getLast();
            assertThat(last.length()).isEqualTo(root.length());
            forks.getFirst().close();
            Tiny.prompt(runner, last, 1);
            assertThat(last.length()).isEqualTo(root.length() + 1);
            throw full;
        } finally {
            forks.forEach(Sequence::close);
        }
    }
}

package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.Model;
import dev.vivace.OptionException;
import dev.vivace.TestLevels;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchTest {
    private static final BenchHost HOST = BenchHost.here("test");

    private static final class Notes implements Bench.Listener {
        private final List<String> runs = new ArrayList<>();
        private final List<BenchResult> results = new ArrayList<>();

        @Override
        public void running(BenchCase test, int number, int of, int run) {
            runs.add(number + "/" + of + " " + test.label() + " run " + run);
        }

        @Override
        public void finished(BenchResult result) {
            results.add(result);
        }
    }

    @Test
    void warm_ups_are_not_timed_and_repetitions_are_kept_in_order() {
        assertRuns(0, List.of(3, 0, 1, 2));
        // A run takes 400 ms.
        assertRuns(1000, List.of(3, 4, 5, 0, 1, 2));
    }

    private static void assertRuns(int warmupMillis, List<Integer> expected) {
        BenchPlan plan = new BenchPlan(List.of(8), List.of(), List.of(0), List.of(1), List.of(0), 3, warmupMillis);
        Bench bench = new Bench(plan, HOST, "none", threads -> {
            throw new IllegalStateException("no model is needed");
        });
        List<Integer> asked = new ArrayList<>();
        BenchTrial trial = new BenchTrial() {
            @Override
            public long run(int repetition) {
                asked.add(repetition);
                return 400_000_000 + repetition;
            }

            @Override
            public void close() {}
        };
        List<Integer> heard = new ArrayList<>();
        BenchSubject subject = new BenchSubject("f", "t", 1, 1, DType.F16, 1, "scalar", "Why.");
        BenchResult result = bench.time(trial, subject, 5, plan.cases().getFirst(), heard::add);
        assertThat(result.nanos()).containsExactly(400_000_000L, 400_000_001L, 400_000_002L);
        assertThat(result.cost().loadNanos()).isEqualTo(5);
        assertThat(asked).isEqualTo(expected);
        assertThat(heard).hasSize(expected.size()).startsWith(0).endsWith(0, 1, 2, 3);
    }

    @Test
    void all_tests_run_and_the_model_is_loaded_once_for_each_number_of_threads() {
        BenchPlan plan = new BenchPlan(List.of(16), List.of(4), List.of(0, 8), List.of(1, 2), List.of(1, 2), 2, 0);
        List<Integer> loaded = new ArrayList<>();
        Notes notes = new Notes();
        new Bench(plan, HOST, "stories", threads -> {
                    loaded.add(threads);
                    return Model.builtIn(TestLevels.options().withThreads(threads));
                })
                .run(notes);
        assertThat(loaded).containsExactly(1, 2);
        assertThat(notes.results.stream().map(BenchResult::test)).containsExactlyElementsOf(plan.cases());
        assertThat(notes.runs)
                .hasSize(16 * 3)
                .startsWith("1/16 pp16 run 0", "1/16 pp16 run 1", "1/16 pp16 run 2", "2/16 tg4 run 0");
        assertThat(notes.results).allSatisfy(result -> {
            assertThat(result.nanos())
                    .hasSize(2)
                    .allSatisfy(nanos -> assertThat(nanos).isPositive());
            assertThat(result.subject().threads()).isEqualTo(result.test().threads());
            assertThat(result.cost().loadNanos()).isPositive();
        });
        KernelLevels.Choice best = KernelLevels.best(TestLevels.options().ceiling());
        BenchSubject subject = notes.results.getFirst().subject();
        assertThat(subject.type()).startsWith("llama 2").endsWith("F32");
        assertThat(subject.bytes()).isEqualTo(4 * subject.parameters());
        assertThat(subject.isa()).isEqualToIgnoringCase(best.kernels().isa().name());
        assertThat(subject.kernels()).isEqualTo(best.reason());
    }

    @Test
    void a_test_that_does_not_fit_is_refused_before_anything_runs() {
        BenchPlan plan = new BenchPlan(List.of(16), List.of(500), List.of(64), List.of(1), List.of(1), 1, 0);
        Notes notes = new Notes();
        Bench bench = new Bench(
                plan,
                HOST,
                "stories",
                threads -> Model.builtIn(TestLevels.options().withThreads(threads)));
        assertThatThrownBy(() -> bench.run(notes))
                .isInstanceOf(OptionException.class)
                .hasMessage("-n 500 behind -d 64 takes 565 positions, but the model's context holds 512, "
                        + "expected no more than that");
        assertThat(notes.runs).isEmpty();
    }
}

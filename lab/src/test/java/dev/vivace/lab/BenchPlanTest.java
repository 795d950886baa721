package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.OptionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchPlanTest {
    @Test
    void every_length_is_a_test_in_every_combination() {
        BenchPlan plan = new BenchPlan(List.of(128, 512), List.of(32), List.of(0, 64), List.of(1), List.of(1, 2), 3, 1);
        assertThat(plan.cases())
                .hasSize(12)
                .startsWith(
                        new BenchCase(128, 0, 0, 1, 1),
                        new BenchCase(512, 0, 0, 1, 1),
                        new BenchCase(0, 32, 0, 1, 1),
                        new BenchCase(128, 0, 64, 1, 1))
                .endsWith(new BenchCase(0, 32, 64, 1, 2));
        assertThat(plan.cases().stream().map(BenchCase::threads)).isSorted();
    }

    @Test
    void a_length_of_zero_is_no_test() {
        BenchPlan plan = new BenchPlan(List.of(0), List.of(16), List.of(0), List.of(4), List.of(0), 1, 0);
        assertThat(plan.cases()).containsExactly(new BenchCase(0, 16, 0, 4, 0));
        assertRefused(
                "leave nothing to time",
                () -> new BenchPlan(List.of(0), List.of(0), List.of(0), List.of(1), List.of(0), 1, 0));
    }

    @Test
    void labels_are_those_of_llama_bench() {
        assertThat(new BenchCase(512, 0, 0, 1, 0).label()).isEqualTo("pp512");
        assertThat(new BenchCase(0, 128, 1024, 4, 0).label()).isEqualTo("tg128 @ d1024");
    }

    @Test
    void a_test_beyond_the_context_is_refused_with_its_options() {
        new BenchCase(512, 0, 0, 1, 0).requireFits(512);
        new BenchCase(0, 510, 0, 1, 0).requireFits(512);
        assertRefused(
                "-n 511 takes 513 positions, but the model's context holds 512",
                () -> new BenchCase(0, 511, 0, 1, 0).requireFits(512));
        assertRefused(
                "-p 128 behind -d 400 takes 528 positions", () -> new BenchCase(128, 0, 400, 1, 0).requireFits(512));
        assertRefused(
                "positions, but the model's context",
                () -> new BenchCase(Integer.MAX_VALUE, 0, Integer.MAX_VALUE, 1, 0).requireFits(512));
    }

    @Test
    void values_out_of_range_are_refused_with_their_option() {
        assertRefused("-p -1, expected 0 or more", () -> plan(-1, 1, 0, 1, 0, 1, 0));
        assertRefused("-n -1, expected 0 or more", () -> plan(1, -1, 0, 1, 0, 1, 0));
        assertRefused("-d -1, expected 0 or more", () -> plan(1, 1, -1, 1, 0, 1, 0));
        assertRefused("-b 0, expected 1 or more", () -> plan(1, 1, 0, 0, 0, 1, 0));
        assertRefused("-t -1, expected 0 or more", () -> plan(1, 1, 0, 1, -1, 1, 0));
        assertRefused("-r 0, expected 1 to 10000", () -> plan(1, 1, 0, 1, 0, 0, 0));
        assertRefused("--warmup -1, expected 0 to 600000", () -> plan(1, 1, 0, 1, 0, 1, -1));
    }

    private static BenchPlan plan(int p, int n, int d, int b, int t, int r, int warmup) {
        return new BenchPlan(List.of(p), List.of(n), List.of(d), List.of(b), List.of(t), r, warmup);
    }

    private static void assertRefused(String sentence, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOf(OptionException.class).hasMessageContaining(sentence);
    }
}

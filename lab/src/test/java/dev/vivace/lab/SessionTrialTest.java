package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.Model;
import dev.vivace.TestLevels;
import dev.vivace.lab.WatchedSteps.Step;
import dev.vivace.seam.Plan;
import dev.vivace.tokenizer.TokenKind;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a run makes the engine do, as its scheduling sees it.
class SessionTrialTest {
    private final WatchedSteps watched = new WatchedSteps();
    private final Model model =
            Model.builtIn(TestLevels.options().withThreads(1).withPlan(Plan.of(watched)));

    @AfterEach
    void closeModel() {
        model.close();
    }

    /// The steps of the second run of `test`, after those that store what stands before.
    private List<Step> stepsOf(BenchCase test) {
        try (SessionTrial trial = new SessionTrial(model, test)) {
            trial.run(0);
            watched.taken();
            long start = System.nanoTime();
            long nanos = trial.run(1);
            assertThat(nanos).isPositive().isLessThanOrEqualTo(System.nanoTime() - start);
            return watched.taken();
        }
    }

    @Test
    void a_prompt_is_stored_whole_and_nothing_is_generated() {
        assertThat(stepsOf(new BenchCase(100, 0, 0, 1, 0))).containsExactly(new Step(1, 100, 0));
    }

    @Test
    void what_stands_before_is_not_stored_again() {
        assertThat(stepsOf(new BenchCase(100, 0, 50, 1, 0))).containsExactly(new Step(1, 100, 0));
        List<Step> steps = stepsOf(new BenchCase(0, 5, 50, 1, 0));
        assertThat(steps).startsWith(new Step(1, 1, 0)).hasSize(6);
    }

    @Test
    void generating_takes_a_step_a_token_behind_the_begin_token() {
        List<Step> steps = stepsOf(new BenchCase(0, 20, 0, 1, 0));
        assertThat(steps.getFirst()).isEqualTo(new Step(1, 1, 0));
        assertThat(steps.subList(1, steps.size())).isEqualTo(Collections.nCopies(20, new Step(0, 0, 1)));
    }

    @Test
    void sequences_generate_together() {
        List<Step> steps = stepsOf(new BenchCase(0, 40, 8, 3, 0));
        assertThat(steps.stream().mapToInt(Step::decoding).sum()).isEqualTo(3 * 40);
        // The gate's rows, and one for each sequence.
        assertThat(steps.stream().mapToInt(Step::rows).sum()).isEqualTo(64 + 3);
        assertThat(steps.stream().filter(step -> step.decoding() == 3).count()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void sequences_store_prompts_of_their_own() {
        List<Step> steps = stepsOf(new BenchCase(60, 0, 10, 3, 0));
        assertThat(steps.stream().mapToInt(Step::rows).sum()).isEqualTo(180);
        assertThat(steps.stream().mapToInt(Step::decoding).sum()).isZero();
    }

    @Test
    void a_test_that_fills_the_context_runs() {
        assertThat(stepsOf(new BenchCase(512, 0, 0, 1, 0))).containsExactly(new Step(1, 512, 0));
        assertThat(stepsOf(new BenchCase(0, 2, 509, 1, 0))).hasSize(3);
    }

    @Test
    void random_texts_are_ordinary_tokens_and_repeat_with_their_seed() {
        RandomTokens tokens = new RandomTokens(model.tokenizer());
        int[] drawn = tokens.draw(2000, 7);
        assertThat(drawn).isEqualTo(tokens.draw(2000, 7)).isNotEqualTo(tokens.draw(2000, 8));
        for (int token : drawn) {
            assertThat(model.tokenizer().kind(token)).isEqualTo(TokenKind.NORMAL);
        }
    }
}

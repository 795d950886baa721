package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.Model;
import dev.vivace.OptionException;
import dev.vivace.TestLevels;
import dev.vivace.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerplexityTest {
    private static final String STORY = """
            Once upon a time there was a little girl named Ada. She had a small red kite. One windy day she took the
            kite to the top of the hill. "Fly, kite, fly!" she said. The kite went up and up until it was as small as
            a bird. Then the string broke. Ada was sad and began to cry. Her big brother Tom heard her and came up the
            hill. "Do not cry," he said. "I saw where it fell. It is in the old apple tree." They ran down to the tree
            and Tom climbed up. He got the kite and two apples too. They sat in the grass, ate the apples and laughed.
            """;

    @Test
    void chunks_are_cut_from_the_front_and_their_first_token_is_replaced() {
        List<int[]> scored = new ArrayList<>();
        Perplexity.Scorer scorer = (tokens, from) -> {
            assertThat(from).isEqualTo(5);
            scored.add(tokens);
            return new double[tokens.length - from];
        };
        int[] text = IntStream.range(100, 129).toArray();
        Perplexity result = Perplexity.of(scorer, text, OptionalInt.of(1), new Perplexity.Options(8, 0), p -> {});
        assertThat(scored)
                .containsExactly(
                        new int[] {1, 101, 102, 103, 104, 105, 106, 107},
                        new int[] {1, 109, 110, 111, 112, 113, 114, 115},
                        new int[] {1, 117, 118, 119, 120, 121, 122, 123});
        assertThat(result).isEqualTo(new Perplexity(1, 0, 29, 9, 3, 8));
        assertThat(text).isEqualTo(IntStream.range(100, 129).toArray());

        scored.clear();
        Perplexity.of(scorer, text, OptionalInt.empty(), new Perplexity.Options(8, 2), p -> {});
        assertThat(scored).containsExactly(new int[] {100, 101, 102, 103, 104, 105, 106, 107}, new int[] {
            108, 109, 110, 111, 112, 113, 114, 115
        });
    }

    @Test
    void a_context_of_512_scores_255_tokens_a_chunk() {
        Perplexity.Scorer scorer = (tokens, from) -> {
            assertThat(tokens).hasSize(512);
            assertThat(from).isEqualTo(257);
            return new double[tokens.length - from];
        };
        Perplexity result =
                Perplexity.of(scorer, new int[15_760], OptionalInt.empty(), Perplexity.Options.DEFAULT, p -> {});
        assertThat(result.chunks()).isEqualTo(30);
        assertThat(result.scored()).isEqualTo(7650);
        assertThat(result.tokens()).isEqualTo(15_760);
    }

    @Test
    void value_and_standard_error_are_those_worked_out_by_hand() {
        // Negative log-likelihoods 1, 2 and 3, 6: mean 3, mean of squares 12.5, variance 3.5.
        double[][] given = {{-1, -2}, {-3, -6}};
        int[] calls = {0};
        List<Perplexity.Progress> heard = new ArrayList<>();
        Perplexity result = Perplexity.of(
                (tokens, from) -> given[calls[0]++],
                new int[12],
                OptionalInt.empty(),
                new Perplexity.Options(6, 0),
                heard::add);
        assertThat(result.value()).isCloseTo(Math.exp(3), within(1e-12));
        assertThat(result.standardError()).isCloseTo(Math.exp(3) * Math.sqrt(3.5 / 3), within(1e-12));
        assertThat(heard)
                .containsExactly(
                        new Perplexity.Progress(1, 2, Math.exp(1.5)), new Perplexity.Progress(2, 2, Math.exp(3)));
    }

    @Test
    void the_story_model_scores_as_its_logits_say() {
        try (Model model = Model.builtIn(TestLevels.options().withThreads(2).withCacheType(DType.F32))) {
            int[] tokens = StoryLogits.begun(model.tokenizer().encode(STORY));
            double sum = 0;
            int count = 0;
            try (StoryLogits logits = new StoryLogits()) {
                for (int start = 0; start + 64 <= tokens.length; start += 64) {
                    int[] chunk = Arrays.copyOfRange(tokens, start, start + 64);
                    chunk[0] = StoryLogits.BOS;
                    double[][] rows = logits.of(chunk);
                    for (int i = 33; i < 64; i++) {
                        sum -= logSoftmax(rows[i - 1], chunk[i]);
                        count++;
                    }
                }
            }
            Perplexity result = Perplexity.of(model, STORY, new Perplexity.Options(64, 0), p -> {});
            assertThat(result.tokens()).isEqualTo(tokens.length);
            assertThat(result.chunks()).isEqualTo(tokens.length / 64).isGreaterThan(2);
            assertThat(result.scored()).isEqualTo(count).isEqualTo(31 * result.chunks());
            assertThat(result.value()).isCloseTo(Math.exp(sum / count), within(1e-4 * result.value()));
            // A story for children in this model's own manner; a model that knows nothing has 512.
            assertThat(result.value()).isBetween(2.0, 40.0);
        }
    }

    private static double logSoftmax(double[] logits, int token) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double total = Arrays.stream(logits).map(x -> Math.exp(x - largest)).sum();
        return logits[token] - largest - Math.log(total);
    }

    @Test
    void what_cannot_be_measured_gets_one_sentence() {
        Perplexity.Scorer none = (tokens, from) -> new double[0];
        Perplexity.Options eight = new Perplexity.Options(8, 0);
        assertThatThrownBy(() -> Perplexity.of(none, new int[7], OptionalInt.empty(), eight, p -> {}))
                .isInstanceOf(OptionException.class)
                .hasMessage("the text has 7 tokens, expected at least one chunk of 8 (context=8)");
        assertThatThrownBy(() -> new Perplexity.Options(2, 0))
                .isInstanceOf(OptionException.class)
                .hasMessage("context=2, expected 3 or more");
        assertThatThrownBy(() -> new Perplexity.Options(8, -1))
                .isInstanceOf(OptionException.class)
                .hasMessage("chunks=-1, expected 0 (all) or more");
        try (Model model = Model.builtIn(TestLevels.options().withThreads(1))) {
            assertThatThrownBy(() -> Perplexity.of(model, STORY, new Perplexity.Options(513, 0), p -> {}))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining("context=513, but the model holds 512 positions");
            assertThatThrownBy(() -> Perplexity.of(model, "", Perplexity.Options.DEFAULT, p -> {}))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining("the text has 0 tokens");
        }
    }
}

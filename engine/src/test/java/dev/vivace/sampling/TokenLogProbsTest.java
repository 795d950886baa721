package dev.vivace.sampling;

import static dev.vivace.sampling.Oracle.memory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TokenLogProbsTest {
    @Property(tries = 200, seed = "20261123")
    void equalTheLogSoftmaxOfASortedList(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 500) int n, @ForAll @IntRange(max = 30) int top) {
        float[] logits = Oracle.gaussian(seed, n, 4);
        logits[n / 2] = logits[0];
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit);
        }
        double logTotal = Math.log(total);
        List<Integer> best = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i))
                .limit(top)
                .toList();
        Sampler sampler = Sampling.of(new TopK(1)).sampler(1);
        TokenLogProbs found = sampler.logProbs(memory(2, logits), 8, n, n - 1, top);
        assertThat(found.token()).isEqualTo(n - 1);
        assertThat(found.logProb()).isCloseTo(logits[n - 1] - logTotal, within(1e-9));
        assertThat(found.top().stream().map(TokenLogProbs.Entry::token).toList())
                .isEqualTo(best);
        for (TokenLogProbs.Entry entry : found.top()) {
            assertThat(entry.logProb()).isCloseTo(logits[entry.token()] - logTotal, within(1e-9));
        }
    }

    @Test
    void hugeLogitsDoNotOverflow() {
        TokenLogProbs found = TokenLogProbs.of(memory(0, 3e38f, 3e38f, Float.NEGATIVE_INFINITY), 0, 3, 2, 3);
        assertThat(found.logProb()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(found.top().get(1).token()).isEqualTo(1);
        assertThat(found.top().get(2).logProb()).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void wrongInputGetsOneSentence() {
        assertThatThrownBy(() -> TokenLogProbs.of(memory(0, 1, 2), 0, 2, 2, 0))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("token id 2");
        assertThatThrownBy(() -> TokenLogProbs.of(memory(0, 1, 2), 0, 2, 1, -1)).isInstanceOf(OptionException.class);
        assertThatThrownBy(() -> TokenLogProbs.of(memory(0, 1, Float.NaN), 0, 2, 0, 0))
                .isInstanceOf(FormatException.class);
    }
}

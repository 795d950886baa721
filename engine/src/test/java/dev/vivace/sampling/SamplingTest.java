package dev.vivace.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.OptionException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SamplingTest {
    @Test
    void theUsualChainRunsFiltersBeforeTheTemperature() {
        assertThat(Sampling.defaults().stages())
                .containsExactly(new TopK(40), new TopP(0.95f), new MinP(0.05f), new Temperature(0.8f));
        assertThat(Sampling.builder().repetition(1.1f).bias(3, 1).build().stages())
                .startsWith(new Penalties(1.1f, 0, 0, 64), new LogitBias(Map.of(3, 1f)), new TopK(40));
    }

    @Test
    void theUserOrdersTheChain() {
        assertThat(Sampling.builder()
                        .order("temperature, top-k")
                        .topK(5)
                        .temperature(2)
                        .build()
                        .stages())
                .containsExactly(new Temperature(2), new TopK(5));
    }

    @Test
    void neutralKnobsLeaveTheirStageOut() {
        assertThat(Sampling.builder()
                        .topK(0)
                        .topP(1)
                        .minP(0)
                        .temperature(1)
                        .repetition(1)
                        .build()
                        .stages())
                .isEmpty();
    }

    @Test
    void greedyIsTemperatureZeroAnywhere() {
        assertThat(Sampling.greedy().isGreedy()).isTrue();
        assertThat(Sampling.of(new Temperature(0), new TopK(3)).isGreedy()).isTrue();
        assertThat(Sampling.defaults().isGreedy()).isFalse();
    }

    @Test
    void wrongValuesGetOneSentence() {
        refused("temperature=-1, expected 0 (greedy) or 0.000001 to 1000000", () -> new Temperature(-1));
        refused("temperature=NaN", () -> Sampling.builder().temperature(Float.NaN));
        refused("top-k=0, expected 1 to 2147483647", () -> new TopK(0));
        refused("top-k=-2, expected 0 to 2147483647", () -> Sampling.builder().topK(-2));
        refused("top-p=1.5, expected more than 0 up to 1", () -> new TopP(1.5f));
        refused("top-p=0, expected", () -> new TopP(0));
        refused("min-keep=0, expected 1", () -> new TopP(0.5f, 0));
        refused("min-p=-0.1, expected 0 to 1", () -> new MinP(-0.1f));
        refused("repeat-penalty=0, expected more than 0 up to 100", () -> new Penalties(0, 0, 0, 1));
        refused("frequency-penalty=Infinity", () -> new Penalties(1, Float.POSITIVE_INFINITY, 0, 1));
        refused("presence-penalty=-200", () -> new Penalties(1, 0, -200, 1));
        refused("repeat-last-n=-2", () -> new Penalties(1, 0, 0, -2));
        refused("logit-bias for token -1", () -> new LogitBias(Map.of(-1, 1f)));
        refused("logit-bias of token 4=NaN", () -> new LogitBias(Map.of(4, Float.NaN)));
        refused("logprobs=1001, expected 0 to 1000", () -> Sampling.greedy().withLogProbs(1001));
    }

    @Test
    void wrongOrdersGetOneSentence() {
        refused("the unknown stage \"top-q\", expected some of penalties,", () -> StageName.parseOrder("top-k,top-q"));
        refused("unknown stage \"\"", () -> StageName.parseOrder(""));
        refused("lists top-k twice", () -> StageName.parseOrder("top-k,min-p,top-k"));
        refused(
                "top-k is set, but samplers=temperature does not list it",
                () -> Sampling.builder()
                        .order(List.of(StageName.TEMPERATURE))
                        .topK(3)
                        .build());
    }

    private static void refused(String sentence, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(OptionException.class).hasMessageContaining(sentence);
    }
}

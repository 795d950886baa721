package dev.vivace.sampling;

import dev.vivace.OptionException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// Builds a [Sampling] from single knobs and an order of stages. A stage whose knobs change nothing is left out.
///
/// | knob | default | off |
/// |---|---|---|
/// | temperature | 0.8 | 1 (0: greedy) |
/// | top-k | 40 | 0 |
/// | top-p | 0.95 | 1 |
/// | min-p | 0.05 | 0 |
/// | repeat-penalty | 1 | 1 |
/// | frequency-penalty, presence-penalty | 0 | 0 |
/// | repeat-last-n | 64 | 0 |
/// | order | [StageName#usualOrder] | |
public final class SamplingBuilder {
    private final Set<StageName> asked = EnumSet.noneOf(StageName.class);
    private final Map<Integer, Float> bias = new TreeMap<>();
    private List<StageName> order = StageName.usualOrder();
    private float temperature = 0.8f;
    private int topK = 40;
    private float topP = 0.95f;
    private float minP = 0.05f;
    private Penalties penalties = new Penalties(1, 0, 0, 64);
    private OptionalLong seed = OptionalLong.empty();
    private OptionalInt topLogProbs = OptionalInt.empty();

    SamplingBuilder() {}

    /// The order in which stages run; one that is not listed does not run.
    public SamplingBuilder order(List<StageName> stages) {
        order = List.copyOf(stages);
        return this;
    }

    /// The order as text, see [StageName#parseOrder].
    public SamplingBuilder order(String stages) {
        return order(StageName.parseOrder(stages));
    }

    /// See [Temperature].
    public SamplingBuilder temperature(float value) {
        temperature = new Temperature(value).temperature();
        return ask(StageName.TEMPERATURE, true);
    }

    /// See [TopK]; 0 keeps all.
    public SamplingBuilder topK(int value) {
        Range.closed("top-k", value, 0, Integer.MAX_VALUE);
        topK = value;
        return ask(StageName.TOP_K, value > 0);
    }

    /// See [TopP].
    public SamplingBuilder topP(float value) {
        topP = new TopP(value).p();
        return ask(StageName.TOP_P, value < 1);
    }

    /// See [MinP].
    public SamplingBuilder minP(float value) {
        minP = new MinP(value).p();
        return ask(StageName.MIN_P, value > 0);
    }

    /// See [Penalties#repetition].
    public SamplingBuilder repetition(float value) {
        penalties = new Penalties(value, penalties.frequency(), penalties.presence(), penalties.lastTokens());
        return ask(StageName.PENALTIES, value != 1);
    }

    /// See [Penalties#frequency].
    public SamplingBuilder frequency(float value) {
        penalties = new Penalties(penalties.repetition(), value, penalties.presence(), penalties.lastTokens());
        return ask(StageName.PENALTIES, value != 0);
    }

    /// See [Penalties#presence].
    public SamplingBuilder presence(float value) {
        penalties = new Penalties(penalties.repetition(), penalties.frequency(), value, penalties.lastTokens());
        return ask(StageName.PENALTIES, value != 0);
    }

    /// See [Penalties#lastTokens].
    public SamplingBuilder lastTokens(int value) {
        penalties = new Penalties(penalties.repetition(), penalties.frequency(), penalties.presence(), value);
        return this;
    }

    /// See [LogitBias]; adds to what other tokens have.
    public SamplingBuilder bias(int token, float value) {
        bias.putAll(new LogitBias(Map.of(token, value)).bias());
        return ask(StageName.LOGIT_BIAS, true);
    }

    /// See [Sampling#seed].
    public SamplingBuilder seed(long value) {
        seed = OptionalLong.of(value);
        return this;
    }

    /// See [Sampling#topLogProbs].
    public SamplingBuilder logProbs(int top) {
        Sampling.checkTop(top);
        topLogProbs = OptionalInt.of(top);
        return this;
    }

    /// The result.
    ///
    /// @throws OptionException when a knob was set whose stage the order does not list
    public Sampling build() {
        for (StageName name : asked) {
            if (!order.contains(name)) {
                throw new OptionException(name.text() + " is set, but samplers="
                        + String.join(",", order.stream().map(StageName::text).toList()) + " does not list it");
            }
        }
        List<Stage> stages = new ArrayList<>();
        order.forEach(name -> addStage(name, stages));
        return new Sampling(stages, seed, topLogProbs);
    }

    private void addStage(StageName name, List<Stage> stages) {
        switch (name) {
            case PENALTIES -> addIf(!penalties.isNeutral(), penalties, stages);
            case LOGIT_BIAS -> addIf(!bias.isEmpty(), new LogitBias(bias), stages);
            case TOP_K -> addIf(topK > 0, new TopK(Math.max(1, topK)), stages);
            case TOP_P -> addIf(topP < 1, new TopP(topP), stages);
            case MIN_P -> addIf(minP > 0, new MinP(minP), stages);
            case TEMPERATURE -> addIf(temperature != 1, new Temperature(temperature), stages);
        }
    }

    private static void addIf(boolean wanted, Stage stage, List<Stage> stages) {
        if (wanted) {
            stages.add(stage);
        }
    }

    private SamplingBuilder ask(StageName name, boolean matters) {
        if (matters) {
            asked.add(name);
        }
        return this;
    }
}

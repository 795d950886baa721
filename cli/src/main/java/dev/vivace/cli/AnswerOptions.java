package dev.vivace.cli;

import dev.vivace.GenerateOptions;
import dev.vivace.OptionException;
import dev.vivace.sampling.LogitBias;
import dev.vivace.sampling.Sampling;
import dev.vivace.sampling.SamplingBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/// How an answer is made; the same on every command that generates. What is not given has the default of
/// [GenerateOptions] and [SamplingBuilder].
final class AnswerOptions {
    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "most tokens to make (1024, and never beyond the context)")
    private @Nullable Integer maxTokens;

    @Option(
            names = {"-t", "--temperature"},
            paramLabel = "T",
            description = "0 takes the most likely token, below 1 sharpens, above 1 flattens (0.8)")
    private @Nullable Float temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "keep the K most likely tokens, 0 for all (40)")
    private @Nullable Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "keep the likeliest tokens that hold mass P (0.95)")
    private @Nullable Float topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "keep tokens at least P times as likely as the likeliest (0.05)")
    private @Nullable Float minP;

    @Option(names = "--repeat-penalty", paramLabel = "X", description = "divide the logit of tokens seen before (1)")
    private @Nullable Float repetition;

    @Option(
            names = "--frequency-penalty",
            paramLabel = "X",
            description = "take off for each time a token was seen (0)")
    private @Nullable Float frequency;

    @Option(names = "--presence-penalty", paramLabel = "X", description = "take off once for a token seen before (0)")
    private @Nullable Float presence;

    @Option(
            names = "--repeat-last-n",
            paramLabel = "N",
            description = "how many tokens back penalties look, -1 for all (64)")
    private @Nullable Integer lastTokens;

    @Option(
            names = "--logit-bias",
            paramLabel = "ID=V",
            description = "add V to the logit of token ID; -inf bans it (repeatable)")
    private List<String> bias = new ArrayList<>();

    @Option(
            names = "--samplers",
            paramLabel = "ORDER",
            description = "stages in the order they run (penalties,logit-bias,top-k,top-p,min-p,temperature)")
    private @Nullable String order;

    @Option(names = "--seed", paramLabel = "N", description = "makes the choice reproducible")
    private @Nullable Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "end before this text (repeatable)")
    private List<String> stops = new ArrayList<>();

    /// What these options ask for.
    GenerateOptions options() {
        int most = maxTokens == null ? GenerateOptions.DEFAULT.maxTokens() : maxTokens;
        return new GenerateOptions(most, sampling(), stops, false);
    }

    /// Changes one option, such as `temperature 0.5`; all others stay.
    void change(String nameAndValue) {
        String[] parts = nameAndValue.split("[ =]+", 2);
        if (parts.length < 2) {
            throw new OptionException(nameAndValue + " has no value, expected a name and a value such as top-k 20");
        }
        CommandLine parser = new CommandLine(this);
        Map<OptionSpec, Object> before = new HashMap<>();
        parser.getCommandSpec().options().forEach(option -> before.put(option, option.getValue()));
        try {
            parser.parseArgs("--" + parts[0] + "=" + parts[1]);
            options();
        } catch (CommandLine.ParameterException | OptionException e) {
            before.forEach(OptionSpec::setValue);
            throw e instanceof OptionException known ? known : new OptionException(String.valueOf(e.getMessage()), e);
        }
    }

    private Sampling sampling() {
        SamplingBuilder builder = Sampling.builder();
        give(temperature, builder::temperature);
        give(topK, builder::topK);
        give(topP, builder::topP);
        give(minP, builder::minP);
        give(repetition, builder::repetition);
        give(frequency, builder::frequency);
        give(presence, builder::presence);
        give(lastTokens, builder::lastTokens);
        give(order, builder::order);
        give(seed, builder::seed);
        for (String one : bias) {
            addBias(builder, one);
        }
        return builder.build();
    }

    private static <T> void give(@Nullable T value, Consumer<T> knob) {
        if (value != null) {
            knob.accept(value);
        }
    }

    private static void addBias(SamplingBuilder builder, String text) {
        int equals = text.indexOf('=');
        try {
            String value = text.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
            builder.bias(
                    Integer.parseInt(text.substring(0, Math.max(0, equals)).strip()),
                    value.equals("-inf") ? LogitBias.BAN : Float.parseFloat(value));
        } catch (NumberFormatException e) {
            throw new OptionException(
                    "logit-bias " + text + " is not understood, expected ID=V such as 13=-2.5 or 13=-inf", e);
        }
    }
}

package dev.vivace.sampling;

import dev.vivace.OptionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The stages by name, in the order in which a chain runs them unless the user asks for another.
public enum StageName {
    /// [Penalties].
    PENALTIES("penalties"),
    /// [LogitBias].
    LOGIT_BIAS("logit-bias"),
    /// [TopK].
    TOP_K("top-k"),
    /// [TopP].
    TOP_P("top-p"),
    /// [MinP].
    MIN_P("min-p"),
    /// [Temperature].
    TEMPERATURE("temperature");

    private final String text;

    StageName(String text) {
        this.text = text;
    }

    /// The name as a user writes it, such as `top-k`.
    public String text() {
        return text;
    }

    /// The usual order: `penalties,logit-bias,top-k,top-p,min-p,temperature`. Filters come before the
    /// temperature, so
    /// that what they keep does not depend on it.
    public static List<StageName> usualOrder() {
        return List.of(values());
    }

    /// Reads an order such as `penalties,top-k,temperature`: names separated by commas, each at most once.
    ///
    /// @throws OptionException when a name is unknown or stands twice
    public static List<StageName> parseOrder(String order) {
        List<StageName> names = new ArrayList<>();
        for (String part : order.split(",", -1)) {
            StageName name = parse(part.strip(), order);
            if (names.contains(name)) {
                throw new OptionException("samplers=" + order + " lists " + name.text + " twice, expected each once");
            }
            names.add(name);
        }
        return List.copyOf(names);
    }

    private static StageName parse(String part, String order) {
        for (StageName name : values()) {
            if (name.text.equals(part)) {
                return name;
            }
        }
        throw new OptionException("samplers=" + order + " names the unknown stage \"" + part + "\", expected some of "
                + Arrays.stream(values()).map(StageName::text).collect(Collectors.joining(",")));
    }
}

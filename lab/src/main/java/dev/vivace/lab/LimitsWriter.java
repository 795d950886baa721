package dev.vivace.lab;

import dev.vivace.kernel.Arithmetic;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Prints a [MachineLimits].
public final class LimitsWriter {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final double GIGA = 1e9;

    private LimitsWriter() {}

    /// For a person: two lines.
    public static void text(MachineLimits limits, PrintStream out) {
        out.println(String.format(
                Locale.ROOT,
                "reading %.1f MB, a token's weights: %.1f GB/s with %d thread%s, %.0f tokens/s at most",
                limits.weightBytes() / 1e6,
                limits.readRate() / GIGA,
                limits.threads(),
                limits.threads() == 1 ? "" : "s",
                limits.tokensPerSecond()));
        out.println("calculating, billions of operations a second: " + peaks(limits)
                + (limits.isEmitted() ? "" : " (by plain loops: the machine may give more)"));
        out.flush();
    }

    private static String peaks(MachineLimits limits) {
        return Stream.of(Arithmetic.values())
                .flatMap(unit -> Optional.ofNullable(limits.peaks().get(unit)).stream()
                        .map(peak -> name(unit).replace('_', ' ') + String.format(Locale.ROOT, " %.0f", peak / GIGA)))
                .collect(Collectors.joining(", "));
    }

    /// For a program: one object on one line.
    public static void json(MachineLimits limits, PrintStream out) {
        out.println(MAPPER.writeValueAsString(object(limits)));
        out.flush();
    }

    static ObjectNode object(MachineLimits limits) {
        ObjectNode object = MAPPER.createObjectNode()
                .put("cpu_info", limits.host().cpu())
                .put("n_threads", limits.threads())
                .put("emitted", limits.isEmitted())
                .put("weight_bytes", limits.weightBytes())
                .put("read_bytes_per_second", limits.readRate())
                .put("limit_ts", limits.tokensPerSecond());
        ObjectNode peaks = object.putObject("operations_per_second");
        for (Arithmetic unit : Arithmetic.values()) {
            Optional.ofNullable(limits.peaks().get(unit)).ifPresent(peak -> peaks.put(name(unit), peak));
        }
        return object;
    }

    private static String name(Arithmetic unit) {
        return unit.name().toLowerCase(Locale.ROOT);
    }
}

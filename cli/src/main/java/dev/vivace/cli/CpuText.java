package dev.vivace.cli;

import dev.vivace.kernel.CpuReport;
import dev.vivace.kernel.CpuReport.Level;
import dev.vivace.kernel.CpuReport.Measurement;
import dev.vivace.kernel.Isa;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A [CpuReport] for a person.
final class CpuText {
    private final CpuReport report;
    private final PrintStream out;

    CpuText(CpuReport report, PrintStream out) {
        this.report = report;
        this.out = out;
    }

    void print() {
        row("processor", report.processor());
        report.model().ifPresent(model -> row("model", model));
        if (!report.cacheBytes().isEmpty()) {
            row("caches", report.cacheBytes().stream().map(CpuText::cache).collect(Collectors.joining(", ")));
        }
        if (!report.features().isEmpty()) {
            String missing = features(false);
            row("features", features(true) + (missing.isEmpty() ? "" : "; no " + missing));
        }
        row("amx tiles", report.tiles());
        row("kernels", report.choice().reason());
        row("tuning", report.tuning());
        for (Measurement measurement : report.measurements()) {
            out.println("  " + measurement.operation() + ": " + measurement.chosen() + times(measurement));
        }
        out.println();
        out.println("levels");
        Isa chosen = report.choice().kernels().isa();
        for (Level level : report.levels()) {
            String state = level.obstacle().map(Printable::line).orElse("runs");
            out.println(String.format(
                    Locale.ROOT, "  %-8s %s", CpuJson.name(level.isa()), level.isa() == chosen ? "chosen" : state));
        }
        out.flush();
    }

    private static String cache(long bytes) {
        return bytes == 0 ? "unknown" : Sizes.bytes(bytes);
    }

    private String features(boolean there) {
        return report.features().entrySet().stream()
                .filter(feature -> feature.getValue() == there)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    private static String times(Measurement measurement) {
        List<String> times = measurement.nanos().entrySet().stream()
                .map(time -> String.format(Locale.ROOT, "%s %.1f us", time.getKey(), time.getValue() / 1e3))
                .toList();
        return times.isEmpty() ? ", the only one of this level" : " (" + String.join(", ", times) + ")";
    }

    private void row(String label, String value) {
        out.println(String.format(Locale.ROOT, "%-14s %s", label, Printable.line(value)));
    }
}

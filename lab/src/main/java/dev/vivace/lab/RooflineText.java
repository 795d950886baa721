package dev.vivace.lab;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/// A [Roofline] as tables for a person.
final class RooflineText {
    private static final int BAR = 20;
    private static final String[] HEADS = {
        "operation", "time", "of all", "read", "rate", "calculated", "rate", "bound by", "of its limit", ""
    };
    private static final int[] WIDTHS = {-9, 9, 6, 9, 9, 11, 10, -10, 12, -BAR};

    private final PrintStream out;

    RooflineText(PrintStream out) {
        this.out = out;
    }

    void print(Roofline roofline) {
        out.println(roofline.subject().type() + ", " + roofline.subject().threads() + " threads, "
                + roofline.limits().host().cpu() + ". " + roofline.subject().kernels());
        LimitsWriter.text(roofline.limits(), out);
        roofline.phases().forEach(this::phase);
        out.flush();
    }

    private void phase(RooflinePhase phase) {
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "%s: %.2f tokens/s, %s a token; %s at the limits of all operations (%.0f%%)",
                phase.name(),
                phase.rate(),
                time(phase.nanos() / phase.tokens()),
                time(phase.limitNanos() / phase.tokens()),
                100 * phase.limitNanos() / phase.nanos()));
        row(HEADS);
        row(rules());
        for (RooflinePhase.Line line : phase.lines()) {
            row(cells(phase, line));
        }
        RooflinePhase.Line first = phase.firstToImprove();
        out.println(String.format(
                Locale.ROOT,
                "first to improve: %s, %s a token (%.0f%%) above its limit",
                first.operation(),
                time(first.lostNanos() / phase.tokens()),
                100 * first.lostNanos() / phase.nanos()));
    }

    private static String[] rules() {
        String[] rules = new String[WIDTHS.length];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = "-".repeat(Math.abs(WIDTHS[i]));
        }
        return rules;
    }

    private static String[] cells(RooflinePhase phase, RooflinePhase.Line line) {
        double seconds = line.nanos() / 1e9;
        boolean known = line.limitNanos() > 0;
        return new String[] {
            line.operation(),
            time(line.nanos() / phase.tokens()),
            String.format(Locale.ROOT, "%.1f%%", 100 * line.nanos() / phase.nanos()),
            line.bytes() > 0 ? scaled(line.bytes() / phase.tokens(), "B") : "",
            line.bytes() > 0 ? scaled(line.bytes() / seconds, "B/s") : "",
            line.operations() > 0 ? scaled(line.operations() / phase.tokens(), "op") : "",
            line.operations() > 0 ? scaled(line.operations() / seconds, "op/s") : "",
            line.bound(),
            known ? String.format(Locale.ROOT, "%.0f%%", 100 * line.share()) : "",
            bar(line.nanos() / phase.nanos(), Math.min(1, line.share()))
        };
    }

    /// The operation's part of the time: full what the limit leaves no choice about, light what could be won.
    private static String bar(double part, double share) {
        long all = Math.round(part * BAR);
        long full = Math.round(part * share * BAR);
        return "█".repeat((int) full) + "░".repeat((int) Math.max(0, all - full));
    }

    private void row(String[] cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            line.append(String.format(Locale.ROOT, "%" + WIDTHS[i] + "s  ", cells[i]));
        }
        out.println(line.toString().stripTrailing());
    }

    private static String time(double nanos) {
        List<String> units = List.of("ns", "µs", "ms", "s");
        double value = nanos;
        int unit = 0;
        while (value >= 1000 && unit < units.size() - 1) {
            value /= 1000;
            unit++;
        }
        return digits(value) + " " + units.get(unit);
    }

    private static String scaled(double value, String unit) {
        List<String> prefixes = List.of("", "k", "M", "G", "T");
        double left = value;
        int prefix = 0;
        while (left >= 1000 && prefix < prefixes.size() - 1) {
            left /= 1000;
            prefix++;
        }
        return digits(left) + " " + prefixes.get(prefix) + unit;
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
    }
}

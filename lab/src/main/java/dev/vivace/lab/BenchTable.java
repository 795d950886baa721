package dev.vivace.lab;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Results as a Markdown table with llama-bench's columns; sequences have a column where a test has more than one.
final class BenchTable implements BenchWriter {
    /// A column.
    ///
    /// @param name its heading
    /// @param width characters; a negative one aligns to the left
    private record Column(String name, int width) {}

    private static final double KIB = 1024;

    private final PrintStream out;
    private final List<Column> columns = new ArrayList<>();
    private final boolean showsSequences;
    private String footer = "";

    BenchTable(PrintStream out, BenchPlan plan) {
        this.out = out;
        showsSequences = plan.sequences().stream().anyMatch(count -> count != 1);
        columns.add(new Column("model", -30));
        columns.add(new Column("size", 10));
        columns.add(new Column("params", 10));
        columns.add(new Column("backend", -10));
        columns.add(new Column("threads", 7));
        if (showsSequences) {
            columns.add(new Column("seqs", 5));
        }
        columns.add(new Column("test", 15));
        columns.add(new Column("t/s", 20));
    }

    @Override
    public void add(BenchResult result) {
        if (footer.isEmpty()) {
            row(columns.stream().map(Column::name).toList());
            row(columns.stream().map(BenchTable::rule).toList());
            footer = "vivace " + result.host().version() + ", Java "
                    + result.host().java() + ", " + result.host().cpu() + ". "
                    + result.subject().kernels();
        }
        List<String> cells = new ArrayList<>();
        cells.add(result.subject().type());
        cells.add(bytes(result.subject().bytes()));
        cells.add(parameters(result.subject().parameters()));
        cells.add("CPU");
        cells.add(Integer.toString(result.subject().threads()));
        if (showsSequences) {
            cells.add(Integer.toString(result.test().sequences()));
        }
        cells.add(result.test().label());
        cells.add(String.format(Locale.ROOT, "%.2f ± %.2f", result.meanRate(), result.deviationRate()));
        row(cells);
        out.flush();
    }

    @Override
    public void end() {
        if (!footer.isEmpty()) {
            out.println();
            out.println(footer);
        }
        out.flush();
    }

    private void row(List<String> cells) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < cells.size(); i++) {
            // A bar would end the cell.
            String cell = cells.get(i).replace("|", "\\|");
            line.append(String.format(Locale.ROOT, " %" + columns.get(i).width + "s |", cell));
        }
        out.println(line);
    }

    private static String rule(Column column) {
        return column.width < 0 ? "-".repeat(-column.width) : "-".repeat(column.width - 1) + ":";
    }

    private static String bytes(long bytes) {
        double mib = bytes / (KIB * KIB);
        return mib >= KIB
                ? String.format(Locale.ROOT, "%.2f GiB", mib / KIB)
                : String.format(Locale.ROOT, "%.2f MiB", mib);
    }

    private static String parameters(long count) {
        return count >= 1e9
                ? String.format(Locale.ROOT, "%.2f B", count / 1e9)
                : String.format(Locale.ROOT, "%.2f M", count / 1e6);
    }
}

package dev.vivace.lab;

import java.io.PrintStream;

/// Prints results as they come.
public interface BenchWriter {
    /// Prints one result.
    void add(BenchResult result);

    /// Prints what stands behind the last result.
    void end();

    /// A writer in `format`.
    ///
    /// @param plan what will come: decides on the columns of a table
    /// @param out is flushed after each result; borrowed
    static BenchWriter of(BenchFormat format, BenchPlan plan, PrintStream out) {
        return switch (format) {
            case JSONL -> new BenchJson(out, false);
            case JSON -> new BenchJson(out, true);
            case MD -> new BenchTable(out, plan);
            case CSV -> new BenchCsv(out);
        };
    }
}

package dev.vivace.lab;

/// How results are printed.
public enum BenchFormat {
    /// One JSON object a line.
    JSONL,
    /// One JSON array of objects.
    JSON,
    /// A Markdown table.
    MD,
    /// Comma-separated values with a header, without the single samples.
    CSV
}

package dev.vivace.lab;

import java.io.PrintStream;
import java.util.Collection;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Results as comma-separated values, every value quoted, without the single samples.
final class BenchCsv implements BenchWriter {
    private final PrintStream out;
    private boolean empty = true;

    BenchCsv(PrintStream out) {
        this.out = out;
    }

    @Override
    public void add(BenchResult result) {
        SequencedMap<String, Object> fields = BenchFields.of(result);
        if (empty) {
            out.println(String.join(",", fields.keySet()));
            empty = false;
        }
        out.println(line(fields.values()));
        out.flush();
    }

    private static String line(Collection<Object> values) {
        return values.stream()
                .map(value -> "\"" + value.toString().replace("\"", "\"\"") + "\"")
                .collect(Collectors.joining(","));
    }

    @Override
    public void end() {
        out.flush();
    }
}

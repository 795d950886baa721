package dev.vivace.lab;

import java.time.Instant;
import java.util.List;

/// The times of one test.
///
/// @param host where it was timed
/// @param subject what was timed
/// @param test the test
/// @param start when its first timed run began
/// @param nanos one time for each repetition
/// @param cost what the model took beside
public record BenchResult(
        BenchHost host, BenchSubject subject, BenchCase test, Instant start, List<Long> nanos, BenchCost cost) {
    private static final double NANOS = 1e9;

    /// Copies the list.
    public BenchResult {
        nanos = List.copyOf(nanos);
    }

    /// Mean time of a repetition in nanoseconds.
    public double meanNanos() {
        return Statistics.mean(times());
    }

    /// Standard deviation of the times in nanoseconds, 0 for one repetition.
    public double deviationNanos() {
        return Statistics.deviation(times());
    }

    /// Tokens per second of each repetition, all sequences together.
    public double[] rates() {
        return nanos.stream()
                .mapToDouble(each -> test.tokens() * NANOS / Math.max(1, each))
                .toArray();
    }

    /// Mean of [#rates].
    public double meanRate() {
        return Statistics.mean(rates());
    }

    /// Standard deviation of [#rates], 0 for one repetition.
    public double deviationRate() {
        return Statistics.deviation(rates());
    }

    private double[] times() {
        return nanos.stream().mapToDouble(Long::doubleValue).toArray();
    }
}

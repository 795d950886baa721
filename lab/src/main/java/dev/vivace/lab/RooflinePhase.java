package dev.vivace.lab;

import dev.vivace.kernel.Arithmetic;
import dev.vivace.runtime.StepProfile.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Where the time of one phase goes, beside the least that it could take on this machine.
///
/// @param name what was done, such as `pp512`
/// @param tokens tokens that were stored or generated
/// @param nanos the time of all of them
/// @param lines the operations, in the order of a step, and what lies between them
public record RooflinePhase(String name, long tokens, double nanos, List<Line> lines) {
    /// What a unit that has no peak here is called, as nothing bounds what it takes.
    static final String NOTHING = "";

    private static final String MEMORY = "memory";
    private static final String BETWEEN = "between";
    private static final double NANOS = 1e9;

    /// Copies the list.
    public RooflinePhase {
        lines = List.copyOf(lines);
    }

    /// One operation, for all tokens of the phase.
    ///
    /// @param operation its name, such as `gate-up`
    /// @param calls how often it ran
    /// @param nanos time it took
    /// @param bytes weights, keys and values that it had to read once at least
    /// @param operations multiplications and additions that it had to do
    /// @param limitNanos the least time for that many bytes and operations on this machine; 0 for an operation that
    ///     does nothing that a limit is known for
    /// @param bound what sets that limit: `memory` or a unit's name; empty for none
    public record Line(
            String operation,
            double calls,
            double nanos,
            double bytes,
            double operations,
            double limitNanos,
            String bound) {
        /// The limit's part of the time, 1 for an operation that cannot be faster.
        public double share() {
            return nanos > 0 ? limitNanos / nanos : 1;
        }

        /// What would be won at the limit.
        public double lostNanos() {
            return Math.max(0, nanos - limitNanos);
        }
    }

    /// The phase from what was recorded.
    ///
    /// @param name what was done
    /// @param tokens tokens that were stored or generated
    /// @param nanos time by the clock
    /// @param sums the operations
    /// @param limits the machine
    /// @param weights the unit that the fastest known multiplication by these weights needs
    static RooflinePhase of(
            String name,
            long tokens,
            long nanos,
            List<RooflineRecorder.Sum> sums,
            MachineLimits limits,
            List<Arithmetic> weights) {
        List<Line> lines = new ArrayList<>();
        long named = 0;
        for (RooflineRecorder.Sum sum : sums) {
            named += sum.nanos();
            lines.add(line(sum, limits, sum.operation() == Operation.ATTENTION ? attention() : weights));
        }
        // The clock stops when the last token is handed over, which is before the operation that does so ends.
        double whole = Math.max(nanos, named);
        lines.add(new Line(BETWEEN, 0, whole - named, 0, 0, 0, NOTHING));
        return new RooflinePhase(name, tokens, whole, lines);
    }

    /// Keys and values are no quantized numbers.
    private static List<Arithmetic> attention() {
        return List.of(Arithmetic.F32, Arithmetic.BF16_TILES);
    }

    private static Line line(RooflineRecorder.Sum sum, MachineLimits limits, List<Arithmetic> units) {
        double reading = sum.bytes() * NANOS / limits.readRate();
        Arithmetic fastest =
                units.stream().max(Comparator.comparingDouble(limits::peak)).orElse(Arithmetic.F32);
        double peak = limits.peak(fastest);
        double calculating = peak > 0 ? sum.operations() * NANOS / peak : 0;
        double limit = Math.max(reading, calculating);
        String bound = limit == 0 ? NOTHING : calculating > reading ? word(fastest.name()) : MEMORY;
        return new Line(
                word(sum.operation().name()), sum.calls(), sum.nanos(), sum.bytes(), sum.operations(), limit, bound);
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The least time for all operations on this machine, one after another.
    public double limitNanos() {
        return lines.stream().mapToDouble(Line::limitNanos).sum();
    }

    /// Tokens per second.
    public double rate() {
        return tokens * NANOS / nanos;
    }

    /// What takes the most time above its limit.
    public Line firstToImprove() {
        return lines.stream().max(Comparator.comparingDouble(Line::lostNanos)).orElseThrow();
    }
}

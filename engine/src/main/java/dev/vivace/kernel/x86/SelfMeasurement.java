package dev.vivace.kernel.x86;

import dev.vivace.kernel.x86.Alternative.Way;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Runs each way of each contest by turns for a few milliseconds and takes the fastest by its best run. Turns, so that
/// a busy neighbour or a changing clock meets all alike; the best run, since disturbances only ever add time.
final class SelfMeasurement {
    private static final long BUDGET_NANOS = 3_000_000;
    private static final int FEWEST_ROUNDS = 3;
    private static final int MOST_ROUNDS = 30;

    /// A later way must be this much faster than the first, in hundredths: less is noise, and noise must not choose.
    private static final int MARGIN = 3;

    private final LongSupplier nanoTime;

    /// @param nanoTime a clock in nanoseconds
    SelfMeasurement(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// Measures all contests. One with a single way is not worth a run.
    Tuning measure(List<Contest> contests) {
        Map<Alternative, Tuning.Verdict> verdicts = new EnumMap<>(Alternative.class);
        for (Contest contest : contests) {
            List<Way> ways = contest.order();
            verdicts.put(
                    contest.alternative(),
                    ways.size() == 1 ? new Tuning.Verdict(ways.getFirst(), Map.of()) : measure(contest, ways));
        }
        return new Tuning(verdicts);
    }

    private Tuning.Verdict measure(Contest contest, List<Way> ways) {
        try (Arena arena = Arena.ofConfined()) {
            Map<Way, Runnable> runs = new EnumMap<>(Way.class);
            contest.ways().forEach((way, operands) -> runs.put(way, operands.apply(arena)));
            runs.values().forEach(Runnable::run); // emits the code
            Map<Way, Long> best = new EnumMap<>(Way.class);
            long end = nanoTime.getAsLong() + BUDGET_NANOS;
            for (int round = 0; round < FEWEST_ROUNDS || round < MOST_ROUNDS && nanoTime.getAsLong() < end; round++) {
                runs.forEach((way, run) -> best.merge(way, time(run), Math::min));
            }
            Way chosen = ways.getFirst();
            for (Way way : ways) {
                if (nanos(best, way) * 100 < nanos(best, chosen) * (100 - MARGIN)) {
                    chosen = way;
                }
            }
            return new Tuning.Verdict(chosen, best);
        }
    }

    private static long nanos(Map<Way, Long> best, Way way) {
        return best.getOrDefault(way, Long.MAX_VALUE / 100);
    }

    private long time(Runnable run) {
        long start = nanoTime.getAsLong();
        run.run();
        return Math.max(1, nanoTime.getAsLong() - start);
    }
}

package dev.vivace.kernel.x86;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.kernel.x86.Alternative.Way;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SelfMeasurementTest {
    private final List<Way> order = new ArrayList<>();
    private long now = 1_000_000;

    @Test
    void takesTheFasterByItsBestRun() {
        // The slower one is lucky never, the faster one is disturbed once.
        Tuning tuning = measure(work(20_000, 30_000), work(90_000, 10_000));
        assertThat(tuning.way(Alternative.PREFILL_BF16)).contains(Way.F32);
        assertThat(verdict(tuning).nanos()).containsExactly(Map.entry(Way.BF16, 20_000L), Map.entry(Way.F32, 10_000L));
    }

    @Test
    void takesTheFirstWhereTheyAreAsGoodAsEqual() {
        assertThat(verdict(measure(work(10_000), work(9_800))).way()).isEqualTo(Way.BF16);
        assertThat(verdict(measure(work(10_000), work(9_600))).way()).isEqualTo(Way.F32);
    }

    @Test
    void runsByTurnsForAFewMilliseconds() {
        long before = now;
        measure(work(100_000), work(100_000));
        assertThat(now - before).isBetween(2_000_000L, 4_000_000L);
        for (int i = 1; i < order.size(); i++) {
            assertThat(order.get(i)).isNotEqualTo(order.get(i - 1));
        }
    }

    @Test
    void slowRunsAreRepeatedAtLeastThreeTimes() {
        measure(work(50_000_000), work(40_000_000));
        assertThat(order).hasSize(2 + 6);
    }

    @Test
    void aSingleWayIsNotRun() {
        Contest contest = new Contest(Alternative.PREFILL_BF16, Map.of(Way.BF16, arena -> {
            throw new AssertionError("nothing to measure");
        }));
        Tuning tuning = new SelfMeasurement(() -> now).measure(List.of(contest));
        assertThat(tuning.way(Alternative.PREFILL_BF16)).contains(Way.BF16);
    }

    @Test
    void nothingMeasuredDecidesNothing() {
        assertThat(Tuning.NONE.way(Alternative.PREFILL_BF16)).isEmpty();
    }

    @Test
    void aContestNeedsWaysOfItsAlternative() {
        assertThatThrownBy(() -> new Contest(Alternative.PREFILL_BF16, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Tuning.Verdict verdict(Tuning tuning) {
        return Objects.requireNonNull(tuning.verdicts().get(Alternative.PREFILL_BF16));
    }

    private Tuning measure(Function<Way, Runnable> first, Function<Way, Runnable> second) {
        Map<Way, Function<Arena, Runnable>> ways =
                Map.of(Way.BF16, arena -> first.apply(Way.BF16), Way.F32, arena -> second.apply(Way.F32));
        return new SelfMeasurement(() -> now).measure(List.of(new Contest(Alternative.PREFILL_BF16, ways)));
    }

    /// Takes these times in turn, the last one for good; the first run is not timed.
    private Function<Way, Runnable> work(long... nanos) {
        int[] runs = {-1};
        return way -> () -> {
            order.add(way);
            int run = Math.clamp(runs[0]++, 0, nanos.length - 1);
            now += nanos[run];
        };
    }
}

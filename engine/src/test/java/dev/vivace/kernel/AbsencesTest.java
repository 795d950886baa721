package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AbsencesTest {
    private static final long MILLI = 1_000_000;

    private final Absences absences = new Absences(3);
    private final long start = System.nanoTime();

    /// Waits `late` for worker 1 at `at`, after a slice of `own`.
    private void wait(long at, long own, long late) {
        absences.waited(1, start + at - own - late, start + at - late, start + at);
    }

    @Test
    void whoIsLateByMuchIsLeftOutForAWhile() {
        wait(0, MILLI / 50, 3 * MILLI);
        assertThat(absences.has(1)).isTrue();
        assertThat(absences.has(2)).isFalse();
        absences.begin(start + 9 * MILLI);
        assertThat(absences.has(1)).isTrue();
        absences.begin(start + 10 * MILLI);
        assertThat(absences.has(1)).isFalse();
    }

    @Test
    void runsAreTimedOnlyAfterAnOddWait() {
        assertThat(absences.begin()).isEqualTo(Absences.UNTIMED);
        absences.waited(1, Absences.UNTIMED, start, start + 3 * MILLI);
        assertThat(absences.has(1)).isFalse();
        assertThat(absences.begin()).isNotEqualTo(Absences.UNTIMED);
        for (int i = 0; i < 1 << 14; i++) {
            absences.begin();
        }
        assertThat(absences.begin()).isEqualTo(Absences.UNTIMED);
    }

    @Test
    void shortWaitsAndWaitsNoLongerThanTheCallersOwnWorkAreNothingOdd() {
        wait(0, 0, MILLI / 10);
        wait(0, 40 * MILLI, 60 * MILLI);
        assertThat(absences.has(1)).isFalse();
    }

    @Test
    void whoIsLateAgainSoonIsLeftOutForLongerUpToALimit() {
        long now = 0;
        for (long expected : new long[] {10, 20, 40, 80, 160, 160}) {
            wait(now, 0, 3 * MILLI);
            absences.begin(start + now + (expected - 1) * MILLI);
            assertThat(absences.has(1)).as("%d ms", expected).isTrue();
            now += expected * MILLI;
            absences.begin(start + now);
            assertThat(absences.has(1)).as("%d ms", expected).isFalse();
            now += MILLI;
        }
        now += 100 * MILLI;
        wait(now, 0, 3 * MILLI);
        absences.begin(start + now + 10 * MILLI);
        assertThat(absences.has(1)).isFalse();
    }
}

package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.Workers;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PanelsTest {
    @ParameterizedTest
    @CsvSource({"1,1,4", "0,2,4", "1,3,4", "36,2,4", "97,3,16", "1000,4,1"})
    void everyPanelIsDealtOnceARegion(int count, int threads, int most) {
        Panels panels = new Panels(threads);
        AtomicIntegerArray dealt = new AtomicIntegerArray(Math.max(1, count));
        try (Workers workers = Workers.of(threads)) {
            for (int region = 1; region <= 200; region++) {
                panels.begin(count, most);
                workers.run((worker, of) -> take(panels, worker, most * (of == 1 ? count + 1 : 1), dealt));
                for (int panel = 0; panel < count; panel++) {
                    assertThat(dealt.get(panel)).isEqualTo(region);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"100,2,0", "100,3,2", "5,4,1"})
    void whoIsDoneTakesWhatTheOthersHaveLeft(int count, int workers, int worker) {
        Panels panels = new Panels(workers);
        AtomicIntegerArray dealt = new AtomicIntegerArray(count);
        for (int region = 1; region <= 3; region++) {
            panels.begin(count, 4);
            take(panels, worker, 4, dealt);
            assertThat(panels.next((worker + 1) % workers)).isEqualTo(Panels.NONE);
            for (int panel = 0; panel < count; panel++) {
                assertThat(dealt.get(panel)).isEqualTo(region);
            }
        }
    }

    private static void take(Panels panels, int worker, int most, AtomicIntegerArray dealt) {
        for (long range = panels.next(worker); range != Panels.NONE; range = panels.next(worker)) {
            int from = (int) (range >>> 32);
            int to = (int) range;
            assertThat(to - from).isBetween(1, most);
            for (int panel = from; panel < to; panel++) {
                dealt.incrementAndGet(panel);
            }
        }
    }
}

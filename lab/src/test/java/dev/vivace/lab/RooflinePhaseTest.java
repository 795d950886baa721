package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.kernel.Arithmetic;
import dev.vivace.runtime.StepProfile.Operation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RooflinePhaseTest {
    /// 10 bytes, 4 f32 operations, 8 int8 operations a nanosecond.
    static final MachineLimits LIMITS = new MachineLimits(
            new BenchHost("1.2.3", "A CPU", "25"),
            2,
            true,
            100,
            10e9,
            Map.of(Arithmetic.F32, 4e9, Arithmetic.INT8, 8e9));

    /// Two tokens in 1000 ns. Norms have no limit; gate-up reads for 300 ns and calculates for 100; down calculates
    /// for 160 and reads for 10; attention calculates in f32 for 40.
    static RooflinePhase phase() {
        RooflineRecorder recorder = new RooflineRecorder();
        for (int i = 0; i < 2; i++) {
            recorder.add(Operation.NORM, 20, 0, 0);
            recorder.add(Operation.ATTENTION, 50, 0, 80);
            recorder.add(Operation.GATE_UP, 160, 1500, 400);
            recorder.add(Operation.DOWN, 200, 50, 640);
        }
        List<Arithmetic> units = List.of(Arithmetic.values());
        return RooflinePhase.of("tg2", 2, 1000, recorder.sums(), LIMITS, units);
    }

    @Test
    void limits_are_the_later_of_reading_and_calculating() {
        List<RooflinePhase.Line> lines = phase().lines();
        assertThat(lines.stream().map(RooflinePhase.Line::operation))
                .containsExactly("norm", "attention", "gate-up", "down", "between");
        assertThat(lines.stream().map(RooflinePhase.Line::bound)).containsExactly("", "f32", "memory", "int8", "");
        assertThat(lines.stream().map(RooflinePhase.Line::limitNanos)).containsExactly(0.0, 40.0, 300.0, 160.0, 0.0);
        assertThat(lines.stream().map(RooflinePhase.Line::nanos)).containsExactly(40.0, 100.0, 320.0, 400.0, 140.0);
        assertThat(lines.get(2).share()).isCloseTo(300 / 320.0, within(1e-9));
        assertThat(lines.get(2).calls()).isEqualTo(2);
    }

    @Test
    void what_loses_the_most_time_comes_first_not_what_takes_the_most() {
        RooflinePhase phase = phase();
        assertThat(phase.firstToImprove().operation()).isEqualTo("down");
        assertThat(phase.firstToImprove().lostNanos()).isCloseTo(240, within(1e-9));
        assertThat(phase.limitNanos()).isCloseTo(500, within(1e-9));
        assertThat(phase.rate()).isCloseTo(2e6, within(1e-3));
    }

    @Test
    void operations_that_outlast_the_clock_count_whole() {
        RooflineRecorder recorder = new RooflineRecorder();
        recorder.add(Operation.SAMPLE, 120, 0, 0);
        RooflinePhase phase = RooflinePhase.of("tg1", 1, 100, recorder.sums(), LIMITS, List.of(Arithmetic.F32));
        assertThat(phase.nanos()).isEqualTo(120);
        assertThat(phase.lines().getLast().nanos()).isZero();
    }

    @Test
    void skipped_steps_and_cleared_ones_are_forgotten() {
        RooflineRecorder recorder = new RooflineRecorder();
        recorder.add(Operation.EMBEDDING, 1, 0, 0);
        recorder.clear();
        recorder.skip(1);
        recorder.add(Operation.EMBEDDING, 2, 0, 0);
        recorder.add(Operation.HEAD, 4, 0, 0);
        recorder.add(Operation.EMBEDDING, 8, 0, 0);
        recorder.add(Operation.HEAD, 16, 0, 0);
        assertThat(recorder.sums())
                .containsExactly(
                        new RooflineRecorder.Sum(Operation.EMBEDDING, 1, 8, 0, 0),
                        new RooflineRecorder.Sum(Operation.HEAD, 1, 16, 0, 0));
    }
}

package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Limits differ from machine to machine, so only what no machine can break is asked.
class LimitsTest {
    /// Any machine of this century reads faster, none reads faster yet.
    private static final double SLOWEST_READ = 5e8;

    private static final double FASTEST_READ = 4e12;

    @ParameterizedTest
    @EnumSource
    void reading_has_a_rate_that_memory_can_have(Isa ceiling) {
        try (Limits limits = new Limits(2, ceiling)) {
            assertThat(limits.threads()).isEqualTo(2);
            assertThat(limits.readRate(3 << 20)).isBetween(SLOWEST_READ, FASTEST_READ);
            // Less than a stride of four streams for each thread, and no multiple of a line.
            assertThat(limits.readRate(4097)).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void wider_units_calculate_no_slower(Isa ceiling) {
        try (Limits limits = new Limits(1, ceiling)) {
            double f32 = limits.peak(Arithmetic.F32).orElseThrow();
            assertThat(f32).isBetween(1e7, 4e12);
            if (limits.isEmitted()) {
                // A step of int8 makes four products of each that f32 makes, in three instructions at worst.
                assertThat(limits.peak(Arithmetic.INT8).orElseThrow()).isGreaterThan(0.5 * f32);
            } else {
                assertThat(limits.peak(Arithmetic.INT8)).isEmpty();
            }
            limits.peak(Arithmetic.INT8_TILES)
                    .ifPresent(tiles -> assertThat(tiles).isGreaterThan(2 * f32));
        }
    }
}

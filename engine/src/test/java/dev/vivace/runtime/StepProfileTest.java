package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Sequence;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepProfileTest {
    private static final class Sums implements StepProfile {
        private final Map<Operation, Long> bytes = new EnumMap<>(Operation.class);
        private final Map<Operation, Long> operations = new EnumMap<>(Operation.class);
        private long nanos;

        @Override
        public void add(Operation operation, long took, long read, long count) {
            assertThat(took).isNotNegative();
            nanos += took;
            bytes.merge(operation, read, Long::sum);
            operations.merge(operation, count, Long::sum);
        }
    }

    @Test
    void everyOperationOfAStepIsToldWithTheBytesItReads() {
        try (Tiny tiny = Tiny.plain("llama3-gqa");
                Sequence sequence = tiny.runner().open()) {
            int[] tokens = tiny.tokens(9, 1);
            Tiny.prompt(tiny.runner(), sequence, tokens);
            Sums sums = new Sums();
            tiny.decoder().profile(Optional.of(sums));
            long start = System.nanoTime();
            Tiny.run(tiny.runner(), sequence, Phase.DECODE, 1, tokens[0]);
            assertThat(sums.nanos).isPositive().isLessThanOrEqualTo(System.nanoTime() - start);
            assertThat(sums.bytes.keySet()).isEqualTo(EnumSet.complementOf(EnumSet.of(StepProfile.Operation.SAMPLE)));
            long weights = 0;
            for (StepProfile.Operation operation : EnumSet.of(
                    StepProfile.Operation.QKV,
                    StepProfile.Operation.OUTPUT,
                    StepProfile.Operation.GATE_UP,
                    StepProfile.Operation.DOWN,
                    StepProfile.Operation.HEAD)) {
                weights += sums.bytes.getOrDefault(operation, 0L);
            }
            assertThat(weights).isEqualTo(tiny.decoder().bytesPerRow());
            var layer = tiny.checkpoint().spec().layer(0);
            int layers = tiny.checkpoint().spec().layers().size();
            // Ten slots of f32 keys and values.
            assertThat(sums.bytes.get(StepProfile.Operation.ATTENTION))
                    .isEqualTo(10L * 4 * layers * (layer.keyWidth() + layer.valueWidth()));
            tiny.decoder().profile(Optional.empty());
            long told = sums.nanos;
            Tiny.run(tiny.runner(), sequence, Phase.DECODE, 1, tokens[1]);
            assertThat(sums.nanos).isEqualTo(told);
        }
    }
}

package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Attention;
import dev.vivace.seam.Depth;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.Part;
import dev.vivace.seam.PartState;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Selection;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Requests with different parts share what they begin with.
class AdoptTest {
    private static final int[] PREFIX = {5, 9, 17, 33, 2, 41, 8, 12, 60, 7};
    private static final int NEXT = 21;

    /// Reads the latest two slots only.
    private static final class Latest implements Attention {
        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {
            for (int i = 0; i < rows.count(); i++) {
                out.tile(i, i + 1, Selection.ALL_HEADS);
                out.run(Math.max(0, rows.slot(i) - 1), rows.slot(i) == 0 ? 1 : 2);
            }
        }
    }

    /// Needs keys as projected.
    private static final class Raw implements Attention {
        @Override
        public KeyForm keys(int layer) {
            return KeyForm.RAW;
        }

        @Override
        public void select(Rows rows, int layer, Matrix queries, Selection out) {}
    }

    /// Counts the rows it has seen; cannot be cut back.
    private static final class Counter implements Depth {
        private static final class Count implements PartState {
            private int rows;

            @Override
            public PartState fork() {
                Count copy = new Count();
                copy.rows = rows;
                return copy;
            }

            @Override
            public void truncate(int length) {
                throw new IllegalStateException("cannot be cut back");
            }

            @Override
            public boolean truncatable() {
                return false;
            }
        }

        @Override
        public Optional<PartState> newState() {
            return Optional.of(new Count());
        }

        @Override
        public void before(int layer, Rows rows, Matrix hidden, Live live) {
            for (int i = 0; layer == 0 && i < rows.count(); i++) {
                rows.sequence(i).<Count>state(this).rows++;
            }
        }
    }

    private static float[] next(Runner runner, Sequence sequence) {
        return Tiny.run(runner, sequence, Phase.DECODE, 1, NEXT)[0];
    }

    private static Sequence prefix(Runner runner) {
        Sequence sequence = runner.open();
        Tiny.prompt(runner, sequence, PREFIX);
        return sequence;
    }

    @Test
    void anAdoptedPrefixAnswersWithItsNewPartsAndLeavesTheOldOneAlone() {
        try (Tiny file = Tiny.plain("llama3-gqa")) {
            Runner plain = file.decoder().runner(List.of());
            Runner latest = plain.with(List.of(new Latest()));
            try (Sequence shared = prefix(plain);
                    Sequence adopted = latest.adopt(shared).orElseThrow();
                    Sequence alone = prefix(plain);
                    Sequence back = plain.adopt(adopted).orElseThrow()) {
                float[] expected = next(plain, alone);
                assertThat(next(latest, adopted)).isNotEqualTo(expected);
                assertThat(next(plain, shared)).isEqualTo(expected);
                assertThat(next(plain, back)).isEqualTo(expected);
            }
        }
    }

    @Test
    void otherKeysCannotBeAdopted() {
        try (Tiny file = Tiny.plain("llama3-gqa")) {
            Runner plain = file.decoder().runner(List.of());
            try (Sequence shared = prefix(plain)) {
                assertThat(plain.with(List.of(new Raw())).adopt(shared)).isEmpty();
            }
        }
    }

    @Test
    void aStateThatMustHaveSeenEverySlotBeginsOnlyWhereThereIsNone() {
        try (Tiny file = Tiny.plain("llama3-gqa")) {
            Part counter = new Counter();
            Runner plain = file.decoder().runner(List.of());
            Runner counting = plain.with(List.of(counter));
            Runner both = plain.with(List.of(counter, new Latest()));
            try (Sequence shared = prefix(plain);
                    Sequence empty = plain.open();
                    Sequence counted = prefix(counting)) {
                assertThat(counting.adopt(shared)).isEmpty();
                try (Sequence begun = counting.adopt(empty).orElseThrow();
                        Sequence further = both.adopt(counted).orElseThrow()) {
                    assertThat(begun.<Counter.Count>state(counter).rows).isZero();
                    next(both, further);
                    assertThat(further.<Counter.Count>state(counter).rows).isEqualTo(PREFIX.length + 1);
                    assertThat(counted.<Counter.Count>state(counter).rows).isEqualTo(PREFIX.length);
                }
            }
        }
    }

    @Test
    void aSequenceOfOtherWeightsIsRefused() {
        try (Tiny file = Tiny.plain("llama3-gqa");
                Tiny other = Tiny.plain("llama3-gqa")) {
            Runner runner = file.decoder().runner(List.of());
            try (Sequence foreign = other.decoder().runner(List.of()).open()) {
                assertThatThrownBy(() -> runner.adopt(foreign))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("other weights");
            }
        }
    }
}

package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.kernel.Phase;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Depth;
import dev.vivace.seam.Mixer;
import dev.vivace.seam.Packed;
import dev.vivace.seam.Part;
import dev.vivace.seam.PartState;
import dev.vivace.seam.Results;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Seam;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A throw-away mixer with a recurrent state against a plain recurrence.
class MixerTest {
    /// Odd layers: `s = 0.9 s + value(x)`, output `output(tile(s))`, with the layer's own value and output matrices.
    private static final class Recurrent implements Mixer {
        private final int layers;
        private final int width;
        int open;

        Recurrent(int layers, int width) {
            this.layers = layers;
            this.width = width;
        }

        private final class State implements PartState {
            private final double[][] sums = new double[layers][width];
            private boolean closed;

            State() {
                open++;
            }

            @Override
            public PartState fork() {
                State copy = new State();
                for (int layer = 0; layer < layers; layer++) {
                    copy.sums[layer] = sums[layer].clone();
                }
                return copy;
            }

            @Override
            public void truncate(int length) {
                throw new IllegalStateException("a sum has no way back");
            }

            @Override
            public boolean truncatable() {
                return false;
            }

            @Override
            public void close() {
                open -= closed ? 0 : 1;
                closed = true;
            }
        }

        @Override
        public Optional<PartState> newState() {
            return Optional.of(new State());
        }

        @Override
        public boolean mixes(int layer) {
            return layer % 2 == 1;
        }

        @Override
        public void run(Rows rows, int layer, Matrix x, Matrix out) {
            Packed value = rows.model().matrix("blk." + layer + ".attn_v.weight");
            Packed output = rows.model().matrix("blk." + layer + ".attn_output.weight");
            try (Arena arena = Arena.ofShared()) {
                Matrix v = Matrix.allocate(arena, rows.count(), value.outputs());
                Matrix tiled = Matrix.allocate(arena, rows.count(), output.inputs());
                value.multiply(rows, x, v);
                for (int i = 0; i < rows.count(); i++) {
                    double[] sum = rows.sequence(i).<State>state(this).sums[layer];
                    for (int d = 0; d < v.columns(); d++) {
                        sum[d] = 0.9 * sum[d] + v.at(i, d);
                    }
                    for (int d = 0; d < tiled.columns(); d++) {
                        tiled.set(i, d, (float) sum[d % v.columns()]);
                    }
                }
                output.multiply(rows, tiled, out);
            }
        }
    }

    private static OracleRules rules(OracleDecoder oracle) {
        return new OracleRules() {
            @Override
            double[][] mixer(int layer, double[][] x) {
                if (layer % 2 == 0) {
                    return new double[0][];
                }
                double[][] value = oracle.weight(layer, "attn_v");
                double[][] output = oracle.weight(layer, "attn_output");
                double[] sum = new double[value.length];
                double[][] out = new double[x.length][];
                for (int row = 0; row < x.length; row++) {
                    double[] v = OracleDecoder.multiply(value, x[row]);
                    double[] tiled = new double[output[0].length];
                    for (int d = 0; d < sum.length; d++) {
                        sum[d] = 0.9 * sum[d] + v[d];
                    }
                    for (int d = 0; d < tiled.length; d++) {
                        tiled[d] = sum[d % sum.length];
                    }
                    out[row] = OracleDecoder.multiply(output, tiled);
                }
                return out;
            }
        };
    }

    private static Tiny open(String model, Recurrent[] part) {
        return new Tiny(model, Tiny.Setup.plain(), ThrowAway.of(Seam.MIXER, bind -> {
            part[0] = new Recurrent(bind.checkpoint().spec().layers().size(), 64);
            return List.<Part>of(part[0]);
        }));
    }

    @ParameterizedTest
    @CsvSource({"llama3-gqa, 40", "llama3-gqa, 7", "gemma3, 13", "gemma3, 1"})
    void recurrenceEqualsTheOracleForksAndLeavesNoPages(String model, int rows) {
        Recurrent[] part = new Recurrent[1];
        try (Tiny tiny = open(model, part)) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(80, 1);
            int[] others = tiny.tokens(80, 2);
            System.arraycopy(tokens, 0, others, 0, 40);
            OracleDecoder oracle = tiny.oracle();
            try (Sequence a = runner.open()) {
                Tiny.run(runner, a, Phase.PREFILL, rows, Arrays.copyOf(tokens, 40));
                try (Sequence b = a.fork()) {
                    Batch batch = new Batch();
                    for (int i = 40; i < 80; i++) {
                        batch.clear();
                        batch.wantLogits(batch.add(a, Phase.DECODE, tokens[i]));
                        batch.wantLogits(batch.add(b, Phase.PREFILL, others[i]));
                        Results results = runner.run(batch);
                        if (i % 13 == 1) {
                            Tiny.assertClose(
                                    Tiny.logits(results, 0),
                                    oracle.run(tokens, rules(oracle)).logits()[i]);
                            Tiny.assertClose(
                                    Tiny.logits(results, 1),
                                    oracle.run(others, rules(oracle)).logits()[i]);
                        }
                    }
                }
                CachedSequence cached = (CachedSequence) a;
                assertThat(cached.layer(0).pageCount()).isEqualTo(2);
                assertThat(cached.layer(1).pageCount()).isZero();
            }
            assertThat(part[0].open).isZero();
        }
    }

    @Test
    void whatCannotBeCutBackSaysSoAndStaysAsItWas() {
        Recurrent[] part = new Recurrent[1];
        try (Tiny tiny = open("llama3-gqa", part)) {
            Runner runner = tiny.runner();
            try (Sequence sequence = runner.open();
                    Sequence twin = runner.open()) {
                Tiny.run(runner, sequence, Phase.VERIFY, 3, 1, 2, 3);
                Tiny.prompt(runner, twin, 1, 2, 3);
                assertThat(sequence.truncatable()).isFalse();
                assertThatThrownBy(() -> sequence.truncate(2))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("State");
                assertThatThrownBy(() -> sequence.keep(new int[] {0}, 1)).hasMessageContaining("State");
                sequence.truncate(3);
                sequence.keep(new int[] {0, 1, 2}, 3);
                assertThat(Tiny.prompt(runner, sequence, 4)).isDeepEqualTo(Tiny.prompt(runner, twin, 4));
            }
        }
    }

    private static final class Failing implements Depth {
        int at = -1;

        @Override
        public void before(int layer, Rows rows, Matrix hidden, Live live) {
            if (layer == at) {
                throw new IllegalStateException("on purpose");
            }
        }
    }

    @Test
    void aStepThatFailsHalfWayMakesTheSequenceUselessAndSaysSo() {
        Recurrent[] part = new Recurrent[1];
        try (Tiny tiny = open("llama3-gqa", part)) {
            Failing failing = new Failing();
            Runner runner = tiny.runner(failing);
            try (Sequence sequence = runner.open();
                    Sequence mate = tiny.runner().open()) {
                Tiny.prompt(runner, sequence, 1, 2);
                Tiny.prompt(runner, mate, 1, 2);
                failing.at = 2;
                assertThatThrownBy(() -> Tiny.prompt(runner, sequence, 3)).hasMessage("on purpose");
                assertThat(sequence.length()).isEqualTo(2);
                assertThatThrownBy(() -> Tiny.prompt(runner, sequence, 3)).hasMessageContaining("half-way");
                Tiny.prompt(runner, mate, 3);
            }
        }
    }
}

package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.kernel.Phase;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.FeedForward;
import dev.vivace.seam.Linear;
import dev.vivace.seam.Mixer;
import dev.vivace.seam.Packed;
import dev.vivace.seam.Part;
import dev.vivace.seam.Placement;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Seam;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Throw-away [Linear], [FeedForward] and [Placement] parts.
class WeightPartsTest {
    /// Stores matrices whose name has `what` with all weights rounded to bf16, in plain loops.
    private static final class Rounded implements Linear {
        private final String what;
        final List<String> packed = new ArrayList<>();
        int closed;

        Rounded(String what) {
            this.what = what;
        }

        static float round(float x) {
            return Float.intBitsToFloat(Float.floatToRawIntBits(x) & 0xffff0000);
        }

        @Override
        public Optional<Packed> pack(Tensor weights, Set<Use> uses, Arena arena) {
            if (!weights.name().contains(what)) {
                return Optional.empty();
            }
            packed.add(weights.name());
            float[] w = weights.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            for (int i = 0; i < w.length; i++) {
                w[i] = round(w[i]);
            }
            return Optional.of(new Plain(weights.rows(), weights.columns(), w));
        }

        private final class Plain implements Packed {
            private final int rows;
            private final int columns;
            private final float[] w;

            Plain(int rows, int columns, float[] w) {
                this.rows = rows;
                this.columns = columns;
                this.w = w;
            }

            @Override
            public int outputs() {
                return rows;
            }

            @Override
            public int inputs() {
                return columns;
            }

            @Override
            public long bytes() {
                return 2L * rows * columns;
            }

            @Override
            public void multiply(Rows of, Matrix x, Matrix y) {
                for (int i = 0; i < of.count(); i++) {
                    for (int r = 0; r < rows; r++) {
                        double sum = 0;
                        for (int c = 0; c < columns; c++) {
                            sum += x.at(i, c) * w[r * columns + c];
                        }
                        y.set(i, r, (float) sum);
                    }
                }
            }

            @Override
            public void multiplySome(Rows of, Matrix x, Matrix y, int[] outputs, int count) {
                throw new UnsupportedOperationException("not asked for");
            }

            @Override
            public void multiplyByInput(Rows of, Matrix x, Matrix y, int[] inputs, int count) {
                throw new UnsupportedOperationException("not asked for");
            }

            @Override
            public void row(int output, Matrix y, int i) {
                for (int c = 0; c < columns; c++) {
                    y.set(i, c, w[output * columns + c]);
                }
            }

            @Override
            public void close() {
                closed++;
            }
        }
    }

    private static Checkpoint rounded(Checkpoint in, String what, Arena arena) {
        Checkpoint out = in;
        for (Tensor tensor : in.tensors()) {
            if (tensor.name().contains(what)) {
                MemorySegment data = arena.allocate(tensor.data().byteSize(), 64);
                for (long at = 0; at < data.byteSize(); at += 4) {
                    float x = tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
                    data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, Rounded.round(x));
                }
                out = out.with(new Tensor(tensor.name(), tensor.dtype(), tensor.rows(), tensor.columns(), data));
            }
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(strings = {"token_embd", "attn_v", "ffn_down", "ffn_"})
    void aLinearPartTakesSomeMatricesAndLeavesTheRest(String what) {
        Rounded part = new Rounded(what);
        for (String model : List.of("llama3-gqa", "gemma3-linear")) {
            try (Arena arena = Arena.ofConfined();
                    Tiny tiny = new Tiny(model, Tiny.Setup.plain(), ThrowAway.of(Seam.LINEAR, part))) {
                assertThat(part.packed).isNotEmpty().allMatch(name -> name.contains(what));
                assertThat(part.packed).noneMatch(name -> name.contains("norm"));
                int[] tokens = tiny.tokens(30, 1);
                Runner runner = tiny.runner();
                try (Sequence sequence = runner.open()) {
                    Checkpoint changed = rounded(tiny.checkpoint(), what + (what.endsWith("_") ? "" : "."), arena);
                    Checkpoint norms = what.equals("ffn_") ? restored(changed, tiny.checkpoint()) : changed;
                    Tiny.assertClose(
                            Tiny.prompt(runner, sequence, tokens),
                            new OracleDecoder(norms).run(tokens).logits());
                }
            }
        }
        assertThat(part.closed).isEqualTo(part.packed.size());
    }

    /// Vectors are no matrices: no [Linear] part sees them.
    private static Checkpoint restored(Checkpoint changed, Checkpoint from) {
        Checkpoint out = changed;
        for (Tensor tensor : from.tensors()) {
            out = tensor.rows() == 1 ? out.with(tensor) : out;
        }
        return out;
    }

    /// Works with the neurons that `works` names only, some of the rows at a time.
    private static final class Chosen implements FeedForward {
        private final boolean all;
        private final int layerOnly;

        Chosen(boolean all, int layerOnly) {
            this.all = all;
            this.layerOnly = layerOnly;
        }

        boolean works(int slot, int neuron) {
            return all || (neuron + (slot % 2)) % 3 != 0;
        }

        @Override
        public boolean runs(int layer) {
            return layer == layerOnly;
        }

        @Override
        public Set<Linear.Use> uses() {
            return EnumSet.allOf(Linear.Use.class);
        }

        /// Rows of even slots, then those of odd ones, each through gathered matrices.
        @Override
        public void run(Rows rows, int layer, Matrix x, Matrix out) {
            for (int parity = 0; parity < 2; parity++) {
                int[] of = new int[rows.count()];
                int count = 0;
                for (int i = 0; i < rows.count(); i++) {
                    if (rows.slot(i) % 2 == parity) {
                        of[count++] = i;
                    }
                }
                if (count > 0) {
                    run(rows, of, count, parity, layer, x, out);
                }
            }
        }

        private void run(Rows rows, int[] of, int count, int parity, int layer, Matrix x, Matrix out) {
            Packed gate = rows.model().matrix("blk." + layer + ".ffn_gate.weight");
            Packed up = rows.model().matrix("blk." + layer + ".ffn_up.weight");
            Packed down = rows.model().matrix("blk." + layer + ".ffn_down.weight");
            int[] neurons = IntStream.range(0, gate.outputs())
                    .filter(neuron -> works(parity, neuron))
                    .toArray();
            try (Arena arena = Arena.ofShared()) {
                Rows some = rows.some(of, count);
                assertThat(some.count()).isEqualTo(count);
                Matrix gathered = Matrix.allocate(arena, count, x.columns());
                Matrix g = Matrix.allocate(arena, count, gate.outputs());
                Matrix u = Matrix.allocate(arena, count, gate.outputs());
                Matrix y = Matrix.allocate(arena, count, x.columns());
                for (int i = 0; i < count; i++) {
                    assertThat(some.slot(i)).isEqualTo(rows.slot(of[i]));
                    MemorySegment.copy(x.row(of[i]), 0, gathered.row(i), 0, 4L * x.columns());
                }
                gate.multiplySome(some, gathered, g, neurons, neurons.length);
                up.multiplySome(some, gathered, u, neurons, neurons.length);
                for (int i = 0; i < count; i++) {
                    for (int neuron : neurons) {
                        float a = g.at(i, neuron);
                        g.set(i, neuron, (float) (a / (1 + Math.exp(-a)) * u.at(i, neuron)));
                    }
                }
                down.multiplyByInput(some, g, y, neurons, neurons.length);
                for (int i = 0; i < count; i++) {
                    MemorySegment.copy(y.row(i), 0, out.row(of[i]), 0, 4L * x.columns());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chosenNeuronsEqualTheOracle(boolean all) {
        Chosen part = new Chosen(all, 1);
        OracleRules rules = new OracleRules() {
            @Override
            boolean works(int layer, int row, int neuron) {
                return layer != 1 || part.works(row, neuron);
            }
        };
        for (int threads = 1; threads <= 2; threads++) {
            Tiny.Setup setup = Tiny.Setup.plain().threads(threads);
            try (Tiny tiny = new Tiny("llama3-gqa", setup, ThrowAway.of(Seam.FEED_FORWARD, part))) {
                int[] tokens = tiny.tokens(40, 2);
                Runner runner = tiny.runner();
                try (Sequence sequence = runner.open()) {
                    float[][] prompt = Tiny.run(runner, sequence, Phase.PREFILL, 33, Arrays.copyOf(tokens, 36));
                    Tiny.assertClose(prompt, tiny.oracle().run(tokens, rules).logits());
                    float[][] rest = Tiny.run(runner, sequence, Phase.DECODE, 1, Arrays.copyOfRange(tokens, 36, 40));
                    Tiny.assertClose(rest[3], tiny.oracle().run(tokens, rules).logits()[39]);
                }
            }
        }
    }

    /// Half of the heads and neurons each; halves of outputs are swapped and added.
    private static final class Half2 implements Placement {
        private final int rank;
        private final Exchanger<float[]> exchanger;
        final List<String> calls = new ArrayList<>();
        private int openLeases;

        Half2(int rank, Exchanger<float[]> exchanger) {
            this.rank = rank;
            this.exchanger = exchanger;
        }

        @Override
        public Lease weights(int layer) {
            assertThat(openLeases++).isZero();
            calls.add("open " + layer);
            return () -> {
                openLeases--;
                calls.add("close " + layer);
            };
        }

        @Override
        public Checkpoint shard(Checkpoint whole) {
            LayerSpec old = whole.spec().layer(0);
            LayerSpec half = new LayerSpec(
                    old.heads() / 2,
                    old.kvHeads() / 2,
                    old.keyDim(),
                    old.valueDim(),
                    old.hidden() / 2 + rank * (old.hidden() % 2),
                    old.activation(),
                    old.window(),
                    old.attentionScale(),
                    old.attentionSoftcap(),
                    old.rope());
            int layers = whole.spec().layers().size();
            Checkpoint out = whole.with(whole.spec().with(Collections.nCopies(layers, half)));
            for (Tensor tensor : whole.tensors()) {
                String name = tensor.name();
                if (name.matches(".*(attn_[qkv]|ffn_gate|ffn_up).weight")) {
                    int from = tensor.rows() / 2 * rank;
                    int rows = rank == 0 ? tensor.rows() / 2 : tensor.rows() - from;
                    MemorySegment data = tensor.data().asSlice(from * tensor.rowBytes(), rows * tensor.rowBytes());
                    out = out.with(new Tensor(name, tensor.dtype(), rows, tensor.columns(), data));
                } else if (name.matches(".*(attn_output|ffn_down).weight")) {
                    out = out.with(columns(tensor));
                }
            }
            return out;
        }

        private Tensor columns(Tensor tensor) {
            int from = tensor.columns() / 2 * rank;
            int columns = rank == 0 ? tensor.columns() / 2 : tensor.columns() - from;
            MemorySegment data = Arena.ofAuto().allocate(4L * tensor.rows() * columns, 64);
            for (int row = 0; row < tensor.rows(); row++) {
                MemorySegment.copy(
                        tensor.data(), row * tensor.rowBytes() + 4L * from, data, 4L * row * columns, 4L * columns);
            }
            return new Tensor(tensor.name(), tensor.dtype(), tensor.rows(), columns, data);
        }

        @Override
        public void combine(int layer, Half half, Rows rows, Matrix partial) {
            calls.add(half + " " + layer);
            long bytes = 4L * rows.count() * partial.stride();
            float[] mine = partial.data().asSlice(0, bytes).toArray(ValueLayout.JAVA_FLOAT);
            try {
                float[] others = exchanger.exchange(mine);
                for (int i = 0; i < mine.length; i++) {
                    float sum = rank == 0 ? mine[i] + others[i] : others[i] + mine[i];
                    partial.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, sum);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void twoPlacementsWithHalfTheModelEachGiveTheWholeModelsLogits() throws Exception {
        Exchanger<float[]> exchanger = new Exchanger<>();
        Half2[] parts = {new Half2(0, exchanger), new Half2(1, exchanger)};
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<float[][]>> answers = new ArrayList<>();
            for (Half2 part : parts) {
                answers.add(threads.submit(() -> answer(part)));
            }
            float[][] first = answers.get(0).get();
            assertThat(answers.get(1).get()).isDeepEqualTo(first);
            try (Tiny tiny = Tiny.plain("llama3-gqa")) {
                Tiny.assertClose(first, tiny.oracle().run(tiny.tokens(20, 3)).logits());
            }
        }
        assertThat(parts[0].calls)
                .containsExactly(
                        "open 0",
                        "MIXER 0",
                        "FEED_FORWARD 0",
                        "close 0",
                        "open 1",
                        "MIXER 1",
                        "FEED_FORWARD 1",
                        "close 1");
    }

    private static float[][] answer(Half2 part) {
        try (Tiny tiny = new Tiny("llama3-gqa", Tiny.Setup.plain(), ThrowAway.of(Seam.PLACEMENT, part))) {
            Runner runner = tiny.runner();
            try (Sequence sequence = runner.open()) {
                assertThat(sequence.kv(0).kvHeads()).isOne();
                return Tiny.prompt(runner, sequence, tiny.tokens(20, 3));
            }
        }
    }

    /// Hands every layer on to the mixer that would have run.
    private static final class Elsewhere implements Placement {
        int runs;

        private final class Remote implements Mixer {
            private final Mixer local;

            Remote(Mixer local) {
                this.local = local;
            }

            @Override
            public boolean mixes(int layer) {
                return local.mixes(layer);
            }

            @Override
            public boolean storesKeys() {
                return local.storesKeys();
            }

            @Override
            public void run(Rows rows, int layer, Matrix x, Matrix out) {
                runs++;
                local.run(rows, layer, x, out);
            }
        }

        @Override
        public Mixer remote(Mixer local) {
            return new Remote(local);
        }
    }

    @Test
    void aMixerElsewhereStoresKeysLikeTheLocalOne() {
        Elsewhere part = new Elsewhere();
        try (Tiny tiny = new Tiny("gemma3-linear", Tiny.Setup.plain(), ThrowAway.of(Seam.PLACEMENT, (Part) part))) {
            Runner runner = tiny.runner();
            int[] tokens = tiny.tokens(30, 4);
            try (Sequence sequence = runner.open()) {
                Tiny.assertClose(
                        Tiny.run(runner, sequence, Phase.PREFILL, 7, tokens),
                        tiny.oracle().run(tokens).logits());
            }
            assertThat(part.runs).isEqualTo(15);
        }
    }
}

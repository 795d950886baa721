package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.model.Checkpoint;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Claim;
import dev.vivace.seam.Part;
import dev.vivace.seam.Plan;
import dev.vivace.seam.Rewrite;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Seam;
import dev.vivace.seam.Sequence;
import dev.vivace.seam.Tap;
import dev.vivace.tensor.DType;
import dev.vivace.tensor.Matrix;
import dev.vivace.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Throw-away [Rewrite] parts.
class RewriteTest {
    /// Key-value heads in reverse order, the query heads of each group reversed too: the same function.
    private record Reversed() implements Rewrite {
        @Override
        public Stage stage() {
            return Stage.ROTATION;
        }

        @Override
        public Checkpoint apply(Checkpoint in, Arena arena) {
            Checkpoint out = in;
            for (int layer = 0; layer < in.spec().layers().size(); layer++) {
                LayerSpec shape = in.spec().layer(layer);
                String blk = "blk." + layer + ".";
                out = out.with(rows(tensor(in, blk + "attn_q.weight"), shape.heads(), arena));
                out = out.with(rows(tensor(in, blk + "attn_k.weight"), shape.kvHeads(), arena));
                out = out.with(rows(tensor(in, blk + "attn_v.weight"), shape.kvHeads(), arena));
                out = out.with(columns(tensor(in, blk + "attn_output.weight"), shape.heads(), arena));
            }
            return out;
        }
    }

    private static Tensor tensor(Checkpoint in, String name) {
        return in.tensor(name).orElseThrow();
    }

    /// Blocks of rows in reverse order.
    private static Tensor rows(Tensor from, int blocks, Arena arena) {
        MemorySegment out = arena.allocate(from.data().byteSize(), 64);
        long bytes = from.data().byteSize() / blocks;
        for (int block = 0; block < blocks; block++) {
            MemorySegment.copy(from.data(), block * bytes, out, (blocks - 1 - block) * bytes, bytes);
        }
        return new Tensor(from.name(), from.dtype(), from.rows(), from.columns(), out);
    }

    /// Blocks of columns in reverse order.
    private static Tensor columns(Tensor from, int blocks, Arena arena) {
        MemorySegment out = arena.allocate(from.data().byteSize(), 64);
        long bytes = 4L * from.columns() / blocks;
        for (int row = 0; row < from.rows(); row++) {
            for (int block = 0; block < blocks; block++) {
                long at = row * from.rowBytes();
                MemorySegment.copy(from.data(), at + block * bytes, out, at + (blocks - 1 - block) * bytes, bytes);
            }
        }
        return new Tensor(from.name(), from.dtype(), from.rows(), from.columns(), out);
    }

    private static ThrowAway technique(String id, Rewrite part) {
        return new ThrowAway(
                ThrowAway.card(id, Seam.REWRITE, new Claim.Rewrites(part.stage())), bind -> List.<Part>of(part));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "llama2-mha", "llama-tied", "gemma3-linear"})
    void headsInAnotherOrderGiveTheSameLogits(String model) {
        try (Tiny tiny = new Tiny(model, Tiny.Setup.plain(), technique("reversed", new Reversed()))) {
            int[] tokens = tiny.tokens(50, 1);
            Runner runner = tiny.runner();
            assertThat(tiny.decoder().checkpoint().fingerprint())
                    .isNotEqualTo(tiny.checkpoint().fingerprint());
            try (Sequence sequence = runner.open()) {
                Tiny.assertClose(
                        Tiny.prompt(runner, sequence, tokens),
                        tiny.oracle().run(tokens).logits());
            }
        }
    }

    /// What a tap saw: by place and layer, the rows and columns of every call.
    private static final class Watching implements Rewrite, Tap {
        final Map<String, List<String>> seen = new TreeMap<>();
        final List<Double> firstInput = new ArrayList<>();
        private final Stage stage;
        private final UnaryOperator<Checkpoint> change;
        boolean applied;

        Watching(Stage stage, UnaryOperator<Checkpoint> change) {
            this.stage = stage;
            this.change = change;
        }

        @Override
        public Stage stage() {
            return stage;
        }

        @Override
        public List<Tap> taps() {
            return List.of(this);
        }

        @Override
        public void see(Place place, int layer, Rows rows, Matrix x) {
            assertThat(applied).isFalse();
            for (int i = 0; i < rows.count(); i++) {
                assertThat(rows.position(i)).isEqualTo(i);
                if (place == Place.MIXER_INPUT && layer == 0) {
                    firstInput.add((double) x.at(i, 0));
                }
            }
            seen.computeIfAbsent(place + " " + layer, key -> new ArrayList<>()).add(rows.count() + "x" + x.columns());
        }

        @Override
        public Checkpoint apply(Checkpoint in, Arena arena) {
            applied = true;
            return change.apply(in);
        }
    }

    @Test
    void tapsSeeEveryCalibrationRowAtEveryPlaceBeforeTheChange() {
        Watching first =
                new Watching(Rewrite.Stage.STRUCTURE, in -> in.with(zeroed(tensor(in, "blk.1.ffn_up.weight"))));
        Watching second = new Watching(Rewrite.Stage.FORMAT, in -> in);
        int[] calibration = new int[600];
        Arrays.setAll(calibration, i -> i % 50);
        try (Tiny tiny = new Tiny(
                "llama3-gqa",
                Tiny.Setup.plain().calibration(calibration),
                technique("first", first),
                technique("second", second))) {
            for (Watching part : List.of(first, second)) {
                assertThat(part.seen).hasSize(8);
                assertThat(part.seen).containsEntry("MIXER_INPUT 0", List.of("512x32", "88x32"));
                assertThat(part.seen).containsEntry("MIXER_OUTPUT 1", List.of("512x32", "88x32"));
                assertThat(part.seen).containsEntry("FEED_FORWARD_INPUT 1", List.of("512x32", "88x32"));
                assertThat(part.seen).containsEntry("FEED_FORWARD_HIDDEN 0", List.of("512x33", "88x33"));
                assertThat(part.firstInput).hasSize(600);
                assertThat(part.firstInput.get(512)).isEqualTo(part.firstInput.get(12));
            }
            assertThat(tiny.decoder().cacheBytes()).isZero();
        }
    }

    private static Tensor zeroed(Tensor like) {
        MemorySegment data = Arena.ofAuto().allocate(like.data().byteSize(), 64);
        return new Tensor(like.name(), DType.F32, like.rows(), like.columns(), data);
    }

    @Test
    void planAppliesRewritesInOrderOfStageWhateverTheListSays() {
        List<String> order = new ArrayList<>();
        List<ThrowAway> techniques = new ArrayList<>();
        for (Rewrite.Stage stage : List.of(Rewrite.Stage.FORMAT, Rewrite.Stage.STRUCTURE, Rewrite.Stage.ROTATION)) {
            techniques.add(technique("on-" + stage.name().toLowerCase(Locale.ROOT), new Watching(stage, in -> {
                order.add(stage.name());
                return in;
            })));
        }
        Plan plan = Plan.of(techniques.toArray(ThrowAway[]::new));
        new Tiny("llama3-gqa", Tiny.Setup.plain(), plan.modelScope().toArray(ThrowAway[]::new)).close();
        assertThat(order).containsExactly("STRUCTURE", "ROTATION", "FORMAT");
    }

    @Test
    void aRewriteThatBreaksAShapeIsNamedByTheTensor() {
        Watching dropping = new Watching(Rewrite.Stage.STRUCTURE, in -> in.without("blk.1.attn_k.weight"));
        assertThatThrownBy(() -> new Tiny("llama3-gqa", Tiny.Setup.plain(), technique("dropping", dropping)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("blk.1.attn_k.weight");
    }
}

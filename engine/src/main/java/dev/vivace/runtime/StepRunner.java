package dev.vivace.runtime;

import dev.vivace.model.DecoderSpec;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Packed;
import dev.vivace.seam.Placement;
import dev.vivace.seam.Results;
import dev.vivace.seam.Tap;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs steps: rows go through the layers, wanted rows through the head. One step at a time.
final class StepRunner implements AutoCloseable {
    private final DecoderCore core;
    private final DecoderSpec spec;
    private final StepState step;
    private final StepResults results;
    private final DepthGate depth;
    private final LayerRows rows;
    private final LiveRows live;
    private final LiveRows storing;
    private final LiveRows heads;
    private final Scratch hidden;
    private final Scratch gathered;
    private final Scratch normed;
    private final Scratch delta;
    private final Scratch headInput;
    private final Scratch logits;
    private final AtomicBoolean busy = new AtomicBoolean();
    private long steps;

    StepRunner(DecoderCore core) {
        this.core = core;
        this.spec = core.spec();
        this.step = core.step();
        this.results = new StepResults(step, core.capture());
        this.depth = new DepthGate(step);
        this.rows = new LayerRows(step, spec.layers().size(), core.isPlainAtTheEnd());
        this.live = rows.live();
        this.storing = rows.storing();
        this.heads = new LiveRows(step);
        this.hidden = new Scratch(spec.width());
        this.gathered = new Scratch(spec.width());
        this.normed = new Scratch(spec.width());
        this.delta = new Scratch(spec.width());
        this.headInput = new Scratch(spec.width());
        this.logits = new Scratch(spec.vocabulary());
    }

    Results run(Batch batch) {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("a step of this model is running already");
        }
        try {
            StepCheck.check(batch, core);
            try {
                forward(batch);
            } catch (RuntimeException | Error failure) {
                rollBack(batch);
                throw failure;
            }
            return results;
        } finally {
            busy.set(false);
        }
    }

    /// Every sequence as it was before the step.
    private void rollBack(Batch batch) {
        for (int row = 0; row < batch.rows(); row++) {
            CachedSequence sequence = (CachedSequence) batch.sequence(row);
            if (sequence.isIn(step.id()) && sequence.length() > sequence.base()) {
                sequence.rollBack(step.started());
            }
        }
    }

    private void forward(Batch batch) {
        step.begin(batch, ++steps);
        core.capture().begin(batch);
        Matrix states = hidden.rows(batch.rows() + depth.begin());
        long start = core.compute().start();
        for (int row = 0; row < batch.rows(); row++) {
            embed(batch, row, states);
        }
        long embeddingBytes = core.weights().embedding().bytes() / spec.vocabulary() * batch.rows();
        core.compute().end(StepProfile.Operation.EMBEDDING, start, embeddingBytes, 0);
        int layers = spec.layers().size();
        for (int layer = 0; layer < layers; layer++) {
            layer(layer, states);
        }
        rows.pick(layers);
        depth.before(layers, live, states);
        core.capture().hidden(layers, states);
        head(states);
    }

    private void embed(Batch batch, int row, Matrix states) {
        if (batch.token(row) < 0) {
            MemorySegment.copy(batch.embedding(row), 0, states.data(), states.offset(row), 4L * spec.width());
            return;
        }
        core.weights().embedding().row(batch.token(row), states, row);
        if (spec.embeddingScale() != 1) {
            for (int i = 0; i < spec.width(); i++) {
                states.set(row, i, states.at(row, i) * spec.embeddingScale());
            }
        }
    }

    private void layer(int layer, Matrix states) {
        step.clearSkips();
        rows.pick(layer);
        if (depth.before(layer, live, states)) {
            rows.pick(layer);
        }
        core.capture().hidden(layer, states);
        rows.markAbsent(layer);
        try (Placement.Lease lease = core.placement().weights(layer)) {
            if (storing.count() > 0) {
                Matrix x = normed.rows(storing.count());
                norm(
                        gather(states, storing),
                        x,
                        storing.count(),
                        core.weights().layers().get(layer).mixerNorm());
                core.mixer(layer).store(storing, layer, x);
            }
            if (live.count() > 0) {
                boolean whole = live.isWholeBatch();
                Matrix running = whole ? states : gather(states, live);
                mix(layer, running);
                feedForward(layer, running);
                if (!whole) {
                    scatter(running, states, live);
                }
            }
        }
    }

    private void mix(int layer, Matrix running) {
        int count = live.count();
        LayerWeights own = core.weights().layers().get(layer);
        Matrix x = normed.rows(count);
        Matrix out = delta.rows(count);
        norm(running, x, count, own.mixerNorm());
        see(Tap.Place.MIXER_INPUT, layer, x);
        core.mixer(layer).run(live, layer, x, out);
        core.placement().combine(layer, Placement.Half.MIXER, live, out);
        add(running, out, count, own.mixerPostNorm());
    }

    private void feedForward(int layer, Matrix running) {
        int count = live.count();
        LayerWeights own = core.weights().layers().get(layer);
        Matrix x = normed.rows(count);
        Matrix out = delta.rows(count);
        norm(running, x, count, own.feedForwardNorm());
        see(Tap.Place.FEED_FORWARD_INPUT, layer, x);
        core.feedForward(layer).run(live, layer, x, out);
        core.placement().combine(layer, Placement.Half.FEED_FORWARD, live, out);
        add(running, out, count, own.feedForwardPostNorm());
    }

    private void see(Tap.Place place, int layer, Matrix x) {
        List<Tap> taps = core.taps();
        for (int i = 0; i < taps.size(); i++) {
            taps.get(i).see(place, layer, live, x);
        }
    }

    private void norm(Matrix x, Matrix out, int rows, MemorySegment weight) {
        long start = core.compute().start();
        core.compute().rmsNorm(x, out, rows, 1, spec.width(), weight, spec.normEpsilon());
        core.compute().end(StepProfile.Operation.NORM, start, 0, 0);
    }

    private void add(Matrix running, Matrix out, int count, MemorySegment postNorm) {
        if (postNorm.byteSize() > 0) {
            norm(out, out, count, postNorm);
        }
        long start = core.compute().start();
        core.compute().add(running, out, count);
        core.compute().end(StepProfile.Operation.ADD, start, 0, 0);
    }

    private Matrix gather(Matrix states, LiveRows some) {
        Matrix out = gathered.rows(some.count());
        for (int i = 0; i < some.count(); i++) {
            MemorySegment.copy(
                    states.data(), states.offset(some.batchRow(i)), out.data(), out.offset(i), 4L * spec.width());
        }
        return out;
    }

    private void scatter(Matrix from, Matrix states, LiveRows some) {
        for (int i = 0; i < some.count(); i++) {
            MemorySegment.copy(
                    from.data(), from.offset(i), states.data(), states.offset(some.batchRow(i)), 4L * spec.width());
        }
    }

    private void head(Matrix states) {
        heads.clear();
        for (int i = 0; i < step.batch().rows(); i++) {
            if (step.batch().wantsLogits(step.ordered(i))) {
                heads.add(step.ordered(i));
            }
        }
        Matrix out = logits.rows(heads.count());
        if (heads.count() > 0) {
            Matrix x = headInput.rows(heads.count());
            norm(gather(states, heads), x, heads.count(), core.weights().outputNorm());
            Packed head = core.weights().head();
            long start = core.compute().start();
            head.multiply(heads, x, out);
            if (spec.logitSoftcap() > 0) {
                core.compute().softcap(out, spec.logitSoftcap(), heads.count());
            }
            long operations = 2L * head.inputs() * head.outputs() * heads.count();
            core.compute().end(StepProfile.Operation.HEAD, start, head.bytes(), operations);
        }
        results.logits(out, heads);
    }

    @Override
    public void close() {
        List.of(hidden, gathered, normed, delta, headInput, logits).forEach(Scratch::close);
    }
}

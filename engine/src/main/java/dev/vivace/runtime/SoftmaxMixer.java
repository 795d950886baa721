package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.kernel.Workers;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.Attention;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.Mixer;
import dev.vivace.seam.Partial;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Selection;
import dev.vivace.seam.Tap;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/// The default mixer: softmax attention with grouped queries over the paged cache.
final class SoftmaxMixer implements Mixer, AutoCloseable {
    private final DecoderSpec spec;
    private final DecoderWeights weights;
    private final Compute compute;
    private final List<Tap> taps;
    private final StepCapture capture;
    private final RopeTables ropes;
    private final AttentionSelector selector;
    private final KvStaging[] staging;
    private final ModelMask mask = new ModelMask();
    private final AttentionPlan plan = new AttentionPlan();
    private final AttentionWork work;
    private final StoreJob store = new StoreJob();
    private final Scratch queries;
    private final Scratch rawQueries;
    private final Scratch keys;
    private final Scratch values;
    private final Scratch outputs;
    private final Scratch sums;

    SoftmaxMixer(DecoderSpec spec, DecoderWeights weights, Compute compute, List<Tap> taps, StepCapture capture) {
        this.spec = spec;
        this.weights = weights;
        this.compute = compute;
        this.taps = taps;
        this.capture = capture;
        this.ropes = new RopeTables();
        this.selector = new AttentionSelector();
        int q = max(LayerSpec::queryWidth);
        int heads = max(LayerSpec::heads);
        int out = max(LayerSpec::outputWidth);
        this.queries = new Scratch(q);
        this.rawQueries = new Scratch(q);
        this.keys = new Scratch(max(LayerSpec::keyWidth));
        this.values = new Scratch(max(LayerSpec::valueWidth));
        this.outputs = new Scratch(out);
        this.sums = new Scratch(heads);
        this.work = new AttentionWork(compute, spec.layer(0), out, heads);
        this.staging = new KvStaging[spec.layers().size()];
    }

    private int max(java.util.function.ToIntFunction<LayerSpec> size) {
        return spec.layers().stream().mapToInt(size).max().orElse(1);
    }

    @Override
    public boolean mixes(int layer) {
        return true;
    }

    @Override
    public void run(Rows seen, int layer, Matrix x, Matrix out) {
        LiveRows rows = (LiveRows) seen;
        int count = rows.count();
        LayerSpec shape = spec.layer(layer);
        LayerWeights own = weights.layers().get(layer);
        boolean raw = rows.cached(0).layer(layer).shape().layout().form() == KeyForm.RAW;
        Matrix q = Views.columns(queries.rows(count), shape.queryWidth());
        own.query().multiply(rows, x, q);
        addBias(q, own.queryBias(), count);
        normHeads(q, own.queryNorm(), shape.heads(), shape.keyDim(), count);
        RopeTable table = ropes.of(shape.rope(), rows);
        storeKeys(rows, layer, x, shape, own, raw, table);
        if (!raw) {
            rotate(q, count, shape.heads(), shape, table);
        }
        attend(rows, layer, shape, q, raw, table);
        Matrix mixed = Views.columns(outputs.rows(count), shape.outputWidth());
        for (Tap tap : taps) {
            tap.see(Tap.Place.MIXER_OUTPUT, layer, rows, mixed);
        }
        own.output().multiply(rows, mixed, out);
    }

    private void attend(LiveRows rows, int layer, LayerSpec shape, Matrix q, boolean raw, RopeTable table) {
        int count = rows.count();
        List<Selection> selections = selector.select(rows, layer, q, shape.heads());
        mask.plan(rows, layer, shape);
        plan.plan(rows, layer, shape.heads(), mask, selections);
        if (raw) {
            rotateRaw(q, count, shape, table);
        }
        point(rows, layer);
        Matrix out = Views.columns(outputs.rows(count), shape.outputWidth());
        Matrix lse = Views.columns(sums.rows(count), shape.heads());
        work.run(plan, mask, shape, q, out, lse);
        if (selector.isUsed()) {
            mergeExtras(rows, layer, q);
        }
        if (capture.wants(layer)) {
            capture.scores(rows, layer, shape, q, mask, (sequence, runs) -> blocks(sequence, layer, runs));
        }
        if (staging[layer] != null) {
            staging[layer].clear();
        }
    }

    private void mergeExtras(LiveRows rows, int layer, Matrix q) {
        for (int i = 0; i < selector.groups(); i++) {
            int index = i;
            Attention part = selector.part(i);
            LiveRows group = selector.rows(i);
            Optional<Partial> extra = part.extra(group, layer, selector.queries(i, q));
            extra.ifPresent(partial -> {
                for (int row = 0; row < group.count(); row++) {
                    work.mergeRow(selector.index(index, row), row, partial.out(), partial.lse());
                }
            });
        }
    }

    /// Tells every tile where its keys and values are.
    private void point(LiveRows rows, int layer) {
        for (int tile = 0; tile < plan.tiles(); tile++) {
            CachedSequence sequence = rows.cached(plan.row(tile));
            if (plan.renumbered(tile)) {
                plan.blocks(
                        tile,
                        staging(layer)
                                .renumber(
                                        sequence,
                                        layer,
                                        plan.sources(),
                                        plan.firstSource(tile),
                                        plan.lastSource(tile)));
            } else if (KvStaging.needed(sequence.layer(layer))) {
                int from = plan.firstRun(plan.firstPiece(tile));
                int to = plan.firstRun(plan.firstPiece(tile) + plan.pieces(tile));
                plan.blocks(tile, staging(layer).stage(sequence, layer, plan.runs(), from, to));
            } else {
                plan.blocks(tile, sequence.layer(layer).blocks());
            }
        }
    }

    private KvBlocks blocks(CachedSequence sequence, int layer, RunList runs) {
        return KvStaging.needed(sequence.layer(layer))
                ? staging(layer).stage(sequence, layer, runs, 0, runs.count)
                : sequence.layer(layer).blocks();
    }

    private KvStaging staging(int layer) {
        if (staging[layer] == null) {
            staging[layer] = new KvStaging(compute, spec.layer(layer));
        }
        return staging[layer];
    }

    /// Rotates raw queries by their positions; those of renumbered tiles by the number of their last slot.
    private void rotateRaw(Matrix q, int count, LayerSpec shape, RopeTable table) {
        Matrix plain = Views.columns(rawQueries.rows(count), shape.queryWidth());
        MemorySegment.copy(q.data(), 0, plain.data(), 0, 4L * count * q.stride());
        rotate(q, count, shape.heads(), shape, table);
        for (int tile = 0; tile < plan.tiles(); tile++) {
            if (plan.renumbered(tile)) {
                int slots = 0;
                for (int run = plan.firstSource(tile); run < plan.lastSource(tile); run++) {
                    slots += plan.sources().length[run];
                }
                ropes.turnRow(plain, q, plan.row(tile), plan.head(tile), shape, slots - 1, compute.kernels());
            }
        }
    }

    @Override
    public void store(Rows rows, int layer, Matrix x) {
        LiveRows live = (LiveRows) rows;
        LayerSpec shape = spec.layer(layer);
        boolean raw = live.cached(0).layer(layer).shape().layout().form() == KeyForm.RAW;
        storeKeys(live, layer, x, shape, weights.layers().get(layer), raw, ropes.of(shape.rope(), live));
    }

    private void storeKeys(
            LiveRows rows, int layer, Matrix x, LayerSpec shape, LayerWeights own, boolean raw, RopeTable table) {
        int count = rows.count();
        Matrix k = Views.columns(keys.rows(count), shape.keyWidth());
        Matrix v = Views.columns(values.rows(count), shape.valueWidth());
        own.key().multiply(rows, x, k);
        own.value().multiply(rows, x, v);
        addBias(k, own.keyBias(), count);
        addBias(v, own.valueBias(), count);
        normHeads(k, own.keyNorm(), shape.kvHeads(), shape.keyDim(), count);
        if (!raw) {
            rotate(k, count, shape.kvHeads(), shape, table);
        }
        store.rows = rows;
        store.layer = layer;
        store.keys = k;
        store.values = v;
        if (count == 1) {
            store.run(0, 1);
        } else {
            compute.workers().run(store);
        }
    }

    private void rotate(Matrix x, int rows, int heads, LayerSpec shape, RopeTable table) {
        compute.rope(
                x,
                rows,
                heads,
                shape.keyDim(),
                shape.rope().dimensions(),
                shape.rope().style(),
                table.cos(),
                table.sin());
    }

    private void normHeads(Matrix x, MemorySegment weight, int heads, int dim, int rows) {
        if (weight.byteSize() > 0) {
            compute.rmsNorm(x, x, rows, heads, dim, weight, spec.normEpsilon());
        }
    }

    private static void addBias(Matrix x, MemorySegment bias, int rows) {
        if (bias.byteSize() == 0) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < x.columns(); i++) {
                x.set(row, i, x.at(row, i) + bias.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
        }
    }

    @Override
    public void close() {
        work.close();
        ropes.close();
        selector.close();
        List.of(queries, rawQueries, keys, values, outputs, sums).forEach(Scratch::close);
        for (KvStaging stage : staging) {
            if (stage != null) {
                stage.close();
            }
        }
    }

    /// Writes keys and values into the cache.
    private static final class StoreJob implements Workers.Job {
        private LiveRows rows = new LiveRows(new StepState());
        private int layer;
        private Matrix keys = Scratch.NOTHING;
        private Matrix values = Scratch.NOTHING;

        @Override
        public void run(int worker, int of) {
            int from = (int) ((long) rows.count() * worker / of);
            int to = (int) ((long) rows.count() * (worker + 1) / of);
            for (int i = from; i < to; i++) {
                rows.cached(i).store(layer, rows.slot(i), keys, values, i);
            }
        }
    }
}

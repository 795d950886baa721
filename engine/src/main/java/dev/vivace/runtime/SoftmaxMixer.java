package dev.vivace.runtime;

import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.Mixer;
import dev.vivace.seam.Packed;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Tap;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.ToIntFunction;

/// The default mixer: softmax attention with grouped queries over the paged cache. Sequences whose keys are
/// stored rotated and raw may share a step.
final class SoftmaxMixer implements Mixer, AutoCloseable {
    private final DecoderSpec spec;
    private final DecoderWeights weights;
    private final Compute compute;
    private final List<Tap> taps;
    private final Projections[] inward;
    private final Projections[] stored;
    private final Matrix[] inwardOuts = {Scratch.NOTHING, Scratch.NOTHING, Scratch.NOTHING};
    private final Matrix[] storedOuts = {Scratch.NOTHING, Scratch.NOTHING};
    private final RopeTables ropes;
    private final SelectedAttention attention;
    private final KvWriter writer;
    private final Scratch queries;
    private final Scratch rawQueries;
    private final Scratch askedQueries;
    private final Scratch keys;
    private final Scratch rawKeys;
    private final Scratch values;
    private final Scratch outputs;
    private final Scratch sums;

    SoftmaxMixer(DecoderSpec spec, DecoderWeights weights, Compute compute, List<Tap> taps, StepCapture capture) {
        this.spec = spec;
        this.weights = weights;
        this.compute = compute;
        this.taps = taps;
        this.inward = weights.layers().stream()
                .map(layer -> new Projections(compute, layer.query(), layer.key(), layer.value()))
                .toArray(Projections[]::new);
        this.stored = weights.layers().stream()
                .map(layer -> new Projections(compute, layer.key(), layer.value()))
                .toArray(Projections[]::new);
        this.ropes = new RopeTables(spec, compute.workers());
        this.attention = new SelectedAttention(spec, compute, capture, ropes);
        this.writer = new KvWriter(compute);
        this.queries = new Scratch(max(LayerSpec::queryWidth));
        this.rawQueries = new Scratch(max(LayerSpec::queryWidth));
        this.askedQueries = new Scratch(max(LayerSpec::queryWidth));
        this.keys = new Scratch(max(LayerSpec::keyWidth));
        this.rawKeys = new Scratch(max(LayerSpec::keyWidth));
        this.values = new Scratch(max(LayerSpec::valueWidth));
        this.outputs = new Scratch(max(LayerSpec::outputWidth));
        this.sums = new Scratch(max(LayerSpec::heads));
    }

    private int max(ToIntFunction<LayerSpec> size) {
        return spec.layers().stream().mapToInt(size).max().orElse(1);
    }

    @Override
    public boolean mixes(int layer) {
        return true;
    }

    @Override
    public boolean storesKeys() {
        return true;
    }

    @Override
    public void run(Rows seen, int layer, Matrix x, Matrix out) {
        LiveRows rows = (LiveRows) seen;
        int count = rows.count();
        LayerSpec shape = spec.layer(layer);
        LayerWeights own = weights.layers().get(layer);
        int raw = rawRows(rows, layer);
        Matrix q = queries.rows(count, shape.queryWidth());
        Matrix k = keys.rows(count, shape.keyWidth());
        Matrix v = values.rows(count, shape.valueWidth());
        inwardOuts[0] = q;
        inwardOuts[1] = k;
        inwardOuts[2] = v;
        long start = compute.start();
        Projections projections = inward[layer];
        projections.multiply(rows, x, inwardOuts);
        start = compute.end(
                StepProfile.Operation.QKV, start, projections.bytes(), projections.operationsPerRow() * count);
        compute.bias(q, own.queryBias(), count);
        normHeads(q, own.queryNorm(), shape.heads(), shape.keyDim(), count);
        Matrix plain = raw > 0 ? copy(q, rawQueries, count) : q;
        RopeTable table = ropes.of(layer, rows);
        rotate(q, count, shape.heads(), shape, table);
        start = storeKeys(rows, layer, k, v, raw > 0, table, start);
        Matrix mixed = outputs.rows(count, shape.outputWidth());
        Matrix lse = sums.rows(count, shape.heads());
        attention.run(rows, layer, q, plain, asked(rows, layer, raw, q, plain), mixed, lse);
        start = attended(rows, layer, start);
        for (int i = 0; i < taps.size(); i++) {
            taps.get(i).see(Tap.Place.MIXER_OUTPUT, layer, rows, mixed);
        }
        Packed output = own.output();
        output.multiply(rows, mixed, out);
        compute.end(
                StepProfile.Operation.OUTPUT, start, output.bytes(), 2L * output.inputs() * output.outputs() * count);
    }

    /// Tells of attention as if every row reads all that its window allows; rows of a prompt share what they
    /// read.
    private long attended(LiveRows rows, int layer, long start) {
        if (!compute.isProfiled()) {
            return 0;
        }
        LayerSpec shape = spec.layer(layer);
        long operations = 0;
        long slots = 0;
        for (int i = 0; i < rows.count(); i++) {
            long seen = rows.slot(i) + 1L;
            seen = shape.window() > 0 ? Math.min(seen, shape.window()) : seen;
            operations += 2 * seen * shape.heads() * (shape.keyDim() + shape.valueDim());
            boolean last = i + 1 == rows.count() || rows.cached(i + 1) != rows.cached(i);
            slots += last || !rows.phase(i).isPrefill() ? seen : 0;
        }
        int element = rows.cached(0).layer(layer).blocks().dtype().blockBytes();
        long bytes = slots * element * shape.kvHeads() * (shape.keyDim() + shape.valueDim());
        return compute.end(StepProfile.Operation.ATTENTION, start, bytes, operations);
    }

    private static boolean isRaw(LiveRows rows, int i, int layer) {
        return rows.cached(i).layer(layer).shape().layout().form() == KeyForm.RAW;
    }

    private static int rawRows(LiveRows rows, int layer) {
        int raw = 0;
        for (int i = 0; i < rows.count(); i++) {
            raw += isRaw(rows, i, layer) ? 1 : 0;
        }
        return raw;
    }

    /// Queries as parts see them: each row in the form of its sequence's keys.
    private Matrix asked(LiveRows rows, int layer, int raw, Matrix q, Matrix plain) {
        if (raw == 0 || raw == rows.count()) {
            return raw == 0 ? q : plain;
        }
        Matrix asked = copy(q, askedQueries, rows.count());
        for (int i = 0; i < rows.count(); i++) {
            if (isRaw(rows, i, layer)) {
                MemorySegment.copy(plain.data(), plain.offset(i), asked.data(), asked.offset(i), 4L * q.columns());
            }
        }
        return asked;
    }

    private static Matrix copy(Matrix from, Scratch to, int rows) {
        Matrix out = to.rows(rows, from.columns());
        MemorySegment.copy(from.data(), 0, out.data(), 0, 4L * rows * from.stride());
        return out;
    }

    @Override
    public void store(Rows rows, int layer, Matrix x) {
        LiveRows live = (LiveRows) rows;
        LayerSpec shape = spec.layer(layer);
        Matrix k = keys.rows(live.count(), shape.keyWidth());
        Matrix v = values.rows(live.count(), shape.valueWidth());
        storedOuts[0] = k;
        storedOuts[1] = v;
        long start = compute.start();
        Projections projections = stored[layer];
        projections.multiply(live, x, storedOuts);
        start = compute.end(
                StepProfile.Operation.QKV, start, projections.bytes(), projections.operationsPerRow() * live.count());
        storeKeys(live, layer, k, v, rawRows(live, layer) > 0, ropes.of(layer, live), start);
    }

    /// Makes keys and values ready and stores them; returns when that ended.
    private long storeKeys(LiveRows rows, int layer, Matrix k, Matrix v, boolean raw, RopeTable table, long start) {
        int count = rows.count();
        LayerSpec shape = spec.layer(layer);
        LayerWeights own = weights.layers().get(layer);
        compute.bias(k, own.keyBias(), count);
        compute.bias(v, own.valueBias(), count);
        normHeads(k, own.keyNorm(), shape.kvHeads(), shape.keyDim(), count);
        Matrix plain = raw ? copy(k, rawKeys, count) : k;
        rotate(k, count, shape.kvHeads(), shape, table);
        long rotated = compute.end(StepProfile.Operation.ROPE, start, 0, 0);
        writer.write(rows, layer, k, plain, v);
        return compute.end(StepProfile.Operation.STORE, rotated, 0, 0);
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

    @Override
    public void close() {
        attention.close();
        ropes.close();
        List.of(queries, rawQueries, askedQueries, keys, rawKeys, values, outputs, sums)
                .forEach(Scratch::close);
    }
}

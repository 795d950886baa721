package dev.vivace.runtime;

import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.Mixer;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Tap;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.ToIntFunction;

/// The default mixer: softmax attention with grouped queries over the paged cache. Sequences whose keys are
/// stored rotated and raw may share a step.
final class SoftmaxMixer implements Mixer, AutoCloseable {
    private final DecoderSpec spec;
    private final DecoderWeights weights;
    private final Compute compute;
    private final List<Tap> taps;
    private final RopeTables ropes = new RopeTables();
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
        Matrix q = Views.columns(queries.rows(count), shape.queryWidth());
        own.query().multiply(rows, x, q);
        addBias(q, own.queryBias(), count);
        normHeads(q, own.queryNorm(), shape.heads(), shape.keyDim(), count);
        Matrix plain = raw > 0 ? copy(q, rawQueries, count) : q;
        RopeTable table = ropes.of(shape.rope(), rows);
        rotate(q, count, shape.heads(), shape, table);
        storeKeys(rows, layer, x, shape, own, raw > 0, table);
        Matrix mixed = Views.columns(outputs.rows(count), shape.outputWidth());
        Matrix lse = Views.columns(sums.rows(count), shape.heads());
        attention.run(rows, layer, q, plain, asked(rows, layer, raw, q, plain), mixed, lse);
        for (Tap tap : taps) {
            tap.see(Tap.Place.MIXER_OUTPUT, layer, rows, mixed);
        }
        own.output().multiply(rows, mixed, out);
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
        Matrix out = Views.columns(to.rows(rows), from.columns());
        MemorySegment.copy(from.data(), 0, out.data(), 0, 4L * rows * from.stride());
        return out;
    }

    @Override
    public void store(Rows rows, int layer, Matrix x) {
        LiveRows live = (LiveRows) rows;
        LayerSpec shape = spec.layer(layer);
        boolean raw = rawRows(live, layer) > 0;
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
        Matrix plain = raw ? copy(k, rawKeys, count) : k;
        rotate(k, count, shape.kvHeads(), shape, table);
        writer.write(rows, layer, k, plain, v);
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
        attention.close();
        ropes.close();
        List.of(queries, rawQueries, askedQueries, keys, rawKeys, values, outputs, sums)
                .forEach(Scratch::close);
    }
}

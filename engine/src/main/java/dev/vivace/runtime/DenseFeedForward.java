package dev.vivace.runtime;

import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.FeedForward;
import dev.vivace.seam.Rows;
import dev.vivace.seam.Tap;
import dev.vivace.tensor.Matrix;
import java.util.List;

/// The default feed-forward layer: `down(activation(gate(x)) * up(x))`, every neuron.
final class DenseFeedForward implements FeedForward, AutoCloseable {
    private final DecoderSpec spec;
    private final DecoderWeights weights;
    private final Compute compute;
    private final List<Tap> taps;
    private final Scratch gate;
    private final Scratch up;

    DenseFeedForward(DecoderSpec spec, DecoderWeights weights, Compute compute, List<Tap> taps) {
        this.spec = spec;
        this.weights = weights;
        this.compute = compute;
        this.taps = taps;
        int hidden = spec.layers().stream().mapToInt(LayerSpec::hidden).max().orElse(1);
        this.gate = new Scratch(hidden);
        this.up = new Scratch(hidden);
    }

    @Override
    public boolean runs(int layer) {
        return true;
    }

    @Override
    public void run(Rows rows, int layer, Matrix x, Matrix out) {
        LayerWeights own = weights.layers().get(layer);
        LayerSpec shape = spec.layer(layer);
        Matrix gates = Views.columns(gate.rows(rows.count()), shape.hidden());
        Matrix ups = Views.columns(up.rows(rows.count()), shape.hidden());
        own.gate().multiply(rows, x, gates);
        own.up().multiply(rows, x, ups);
        compute.gated(shape.activation(), gates, ups, gates, rows.count());
        for (Tap tap : taps) {
            tap.see(Tap.Place.FEED_FORWARD_HIDDEN, layer, rows, gates);
        }
        own.down().multiply(rows, gates, out);
    }

    @Override
    public void close() {
        gate.close();
        up.close();
    }
}

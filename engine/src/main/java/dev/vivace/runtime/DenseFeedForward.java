package dev.vivace.runtime;

import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.FeedForward;
import dev.vivace.seam.Packed;
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
    private final Projections[] gateUp;
    private final Matrix[] neurons = {Scratch.NOTHING, Scratch.NOTHING};
    private final Scratch gate;
    private final Scratch up;

    DenseFeedForward(DecoderSpec spec, DecoderWeights weights, Compute compute, List<Tap> taps) {
        this.spec = spec;
        this.weights = weights;
        this.compute = compute;
        this.taps = taps;
        this.gateUp = weights.layers().stream()
                .map(layer -> new Projections(compute, layer.gate(), layer.up()))
                .toArray(Projections[]::new);
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
        LiveRows live = (LiveRows) rows;
        Matrix gates = gate.rows(rows.count(), shape.hidden());
        neurons[0] = gates;
        neurons[1] = up.rows(rows.count(), shape.hidden());
        long start = compute.start();
        Projections projections = gateUp[layer];
        projections.gated(live, x, neurons, shape.activation());
        start = compute.end(
                StepProfile.Operation.GATE_UP,
                start,
                projections.bytes(),
                projections.operationsPerRow() * rows.count());
        for (int i = 0; i < taps.size(); i++) {
            taps.get(i).see(Tap.Place.FEED_FORWARD_HIDDEN, layer, rows, gates);
        }
        Packed down = own.down();
        down.multiply(rows, gates, out);
        compute.end(
                StepProfile.Operation.DOWN, start, down.bytes(), 2L * down.inputs() * down.outputs() * rows.count());
    }

    @Override
    public void close() {
        gate.close();
        up.close();
    }
}

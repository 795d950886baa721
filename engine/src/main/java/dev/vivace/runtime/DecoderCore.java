package dev.vivace.runtime;

import dev.vivace.model.Checkpoint;
import dev.vivace.model.DecoderSpec;
import dev.vivace.model.LayerSpec;
import dev.vivace.seam.FeedForward;
import dev.vivace.seam.KvLayout;
import dev.vivace.seam.Linear;
import dev.vivace.seam.Mixer;
import dev.vivace.seam.Part;
import dev.vivace.seam.Placement;
import dev.vivace.seam.Services;
import dev.vivace.seam.Tap;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What all runners over one set of packed weights share. Owns the packed weights and the buffers of the step.
final class DecoderCore implements AutoCloseable {
    private final Checkpoint checkpoint;
    private final Services services;
    private final List<Part> modelParts;
    private final KvLayout plainLayout;
    private final CacheBudget budget;
    private final Arena arena;
    private final Compute compute;
    private final DecoderWeights weights;
    private final StepState step;
    private final StepCapture capture;
    private final SoftmaxMixer softmax;
    private final DenseFeedForward dense;
    private final Mixer[] mixers;
    private final FeedForward[] feedForwards;
    private final Placement placement;
    private final List<Tap> taps;
    private final StepRunner steps;
    private final List<Map<KvLayout, CacheShape>> shapes = new ArrayList<>();

    DecoderCore(
            Checkpoint checkpoint,
            Services services,
            List<Part> modelParts,
            KvLayout plainLayout,
            CacheBudget budget,
            List<Tap> taps,
            PackProgress progress) {
        this.placement = Parts.last(modelParts, Placement.class, new SingleMachine());
        this.checkpoint = placement.shard(checkpoint);
        this.services = services;
        this.modelParts = List.copyOf(modelParts);
        this.plainLayout = plainLayout;
        this.budget = budget;
        this.taps = List.copyOf(taps);
        DecoderSpec spec = this.checkpoint.spec();
        this.compute = new Compute(services.kernels(), services.workers(), widest(spec), headDim(spec));
        List<Linear> linears = new ArrayList<>(List.of(new FormatLinear(compute)));
        linears.addAll(Parts.all(modelParts, Linear.class));
        List<FeedForward> feeds = Parts.all(modelParts, FeedForward.class);
        this.arena = services.kernels().weightArena();
        this.weights = pack(linears, feeds, progress);
        this.step = new StepState(weights);
        this.capture = new StepCapture(spec, compute);
        this.softmax = new SoftmaxMixer(spec, weights, compute, this.taps, capture);
        this.dense = new DenseFeedForward(spec, weights, compute, this.taps);
        List<Mixer> own = Parts.all(modelParts, Mixer.class);
        int layers = spec.layers().size();
        this.mixers =
                IntStream.range(0, layers).mapToObj(layer -> mixer(own, layer)).toArray(Mixer[]::new);
        this.feedForwards = IntStream.range(0, layers)
                .mapToObj(
                        layer -> feeds.stream().filter(part -> part.runs(layer)).reduce(dense, (first, later) -> later))
                .toArray(FeedForward[]::new);
        this.steps = new StepRunner(this);
        for (int layer = 0; layer < layers; layer++) {
            shapes.add(new HashMap<>());
        }
    }

    private DecoderWeights pack(List<Linear> linears, List<FeedForward> feeds, PackProgress progress) {
        try {
            return DecoderWeights.pack(checkpoint, compute, linears, feeds, arena, progress);
        } catch (RuntimeException | Error failure) {
            compute.close();
            arena.close();
            throw failure;
        }
    }

    private Mixer mixer(List<Mixer> own, int layer) {
        Mixer local = own.stream().filter(part -> part.mixes(layer)).reduce(softmax, (first, later) -> later);
        return placement.remote(local);
    }

    private static int widest(DecoderSpec spec) {
        int widest = spec.width();
        for (LayerSpec layer : spec.layers()) {
            widest = Math.max(widest, Math.max(layer.hidden(), Math.max(layer.queryWidth(), layer.outputWidth())));
        }
        return widest;
    }

    private static int headDim(DecoderSpec spec) {
        return spec.layers().stream()
                .mapToInt(layer -> Math.max(layer.keyDim(), layer.valueDim()))
                .max()
                .orElse(1);
    }

    DecoderSpec spec() {
        return checkpoint.spec();
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    Services services() {
        return services;
    }

    List<Part> modelParts() {
        return modelParts;
    }

    KvLayout plainLayout() {
        return plainLayout;
    }

    CacheBudget budget() {
        return budget;
    }

    Compute compute() {
        return compute;
    }

    DecoderWeights weights() {
        return weights;
    }

    StepState step() {
        return step;
    }

    StepCapture capture() {
        return capture;
    }

    Mixer mixer(int layer) {
        return mixers[layer];
    }

    FeedForward feedForward(int layer) {
        return feedForwards[layer];
    }

    /// Whether the last layer is the model's own and nobody watches: then rows whose logits are not asked for
    /// need but their keys and values of it.
    boolean isPlainAtTheEnd() {
        int last = mixers.length - 1;
        return last >= 0
                && mixers[last] == softmax
                && feedForwards[last] == dense
                && placement instanceof SingleMachine
                && taps.isEmpty();
    }

    Placement placement() {
        return placement;
    }

    List<Tap> taps() {
        return taps;
    }

    StepRunner steps() {
        return steps;
    }

    /// Whether layer `layer` keeps keys and values in the cache.
    boolean storesKeys(int layer) {
        return mixers[layer].storesKeys();
    }

    /// What all sequences whose layer `layer` is laid out so share: runners come and go, pages stay.
    synchronized CacheShape shape(int layer, KvLayout layout) {
        return shapes.get(layer)
                .computeIfAbsent(layout, same -> new CacheShape(spec().layer(layer), same, budget, storesKeys(layer)));
    }

    @Override
    public synchronized void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        steps.close();
        softmax.close();
        dense.close();
        capture.close();
        compute.close();
        shapes.forEach(layer -> layer.values().forEach(CacheShape::close));
        weights.close();
        arena.close();
    }
}

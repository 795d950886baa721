package dev.vivace.runtime;

import dev.vivace.model.DecoderSpec;
import dev.vivace.seam.Attention;
import dev.vivace.seam.Batch;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvCache;
import dev.vivace.seam.KvLayout;
import dev.vivace.seam.Part;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A decoder with its parts.
final class DecoderRunner implements Runner {
    private final DecoderCore core;
    private final Parts parts;
    private final CacheShape[] shapes;

    DecoderRunner(DecoderCore core, List<Part> requestParts) {
        this.core = core;
        List<Part> all = new ArrayList<>(core.modelParts());
        all.addAll(requestParts);
        this.parts = Parts.of(all);
        this.shapes = new CacheShape[core.spec().layers().size()];
        for (int layer = 0; layer < shapes.length; layer++) {
            shapes[layer] = core.shape(layer, layout(layer));
        }
    }

    private KvLayout layout(int layer) {
        KeyForm form = KeyForm.ROTATED;
        for (Attention part : parts.attention()) {
            form = part.keys(layer) == KeyForm.RAW ? KeyForm.RAW : form;
        }
        KvLayout plain = core.plainLayout();
        KvLayout layout = new KvLayout(plain.dtype(), form, plain.annexBytes());
        for (KvCache part : Parts.all(parts.all(), KvCache.class)) {
            layout = part.layout(layer, layout);
        }
        return layout;
    }

    DecoderCore core() {
        return core;
    }

    Parts parts() {
        return parts;
    }

    @Override
    public DecoderSpec spec() {
        return core.spec();
    }

    @Override
    public Sequence open() {
        return new CachedSequence(this, shapes);
    }

    @Override
    public Optional<Sequence> adopt(Sequence prefix) {
        if (!(prefix instanceof CachedSequence sequence) || !sequence.isOf(core)) {
            throw new IllegalArgumentException("the sequence belongs to other weights");
        }
        return sequence.forkFor(this, shapes).map(fork -> fork);
    }

    @Override
    public Results run(Batch batch) {
        return core.steps().run(batch);
    }

    @Override
    public DecoderRunner with(List<Part> requestParts) {
        return new DecoderRunner(core, requestParts);
    }
}

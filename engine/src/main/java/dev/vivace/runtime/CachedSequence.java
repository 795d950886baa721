package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.seam.KvLayout;
import dev.vivace.seam.KvView;
import dev.vivace.seam.Part;
import dev.vivace.seam.PartState;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;
import java.util.Arrays;
import java.util.Optional;

/// A sequence over the paged cache.
final class CachedSequence implements Sequence {
    private final DecoderRunner runner;
    private final SequenceLayers layers;
    private final CacheView[] views;
    private final PartStates states;
    private final SlotPositions positions;
    private final PrefixAnnexes annexes;
    private final StepSlots step = new StepSlots();
    private boolean closed;
    private String broken = "";

    CachedSequence(DecoderRunner runner, CacheShape[] shapes) {
        this(
                runner,
                SequenceLayers.of(shapes),
                PartStates.open(runner.parts()),
                new SlotPositions(),
                new PrefixAnnexes());
    }

    private CachedSequence(
            DecoderRunner runner,
            SequenceLayers layers,
            PartStates states,
            SlotPositions positions,
            PrefixAnnexes annexes) {
        this.runner = runner;
        this.layers = layers;
        this.states = states;
        this.positions = positions;
        this.annexes = annexes;
        Kernels kernels = runner.core().compute().kernels();
        this.views = new CacheView[layers.count()];
        Arrays.setAll(views, layer -> new CacheView(this, layers.layer(layer), kernels));
    }

    Parts parts() {
        return runner.parts();
    }

    /// Whether it was opened over the weights of `core`.
    boolean isOf(DecoderCore core) {
        return runner.core() == core;
    }

    CacheLayer layer(int layer) {
        return layers.layer(layer);
    }

    SlotPositions positions() {
        return positions;
    }

    /// The first slot of the running step.
    int base() {
        return step.base();
    }

    /// Whether the running step has rows that do not follow the row before them.
    boolean branched() {
        return step.branched();
    }

    @Override
    public int length() {
        return positions.length();
    }

    @Override
    public int position(int slot) {
        return positions.at(slot);
    }

    @Override
    public int nextPosition() {
        return positions.next();
    }

    /// Whether step `id` is the one it takes part in.
    boolean isIn(long id) {
        return step.isOf(id);
    }

    /// Gets ready for step `id`: pages that are full by now are sealed.
    void begin(long id) {
        if (step.isOf(id)) {
            return;
        }
        requireUsable("run a step");
        step.begin(id, length());
        layers.seal(this, parts().cache());
    }

    private void requireUsable(String what) {
        if (closed) {
            throw new IllegalStateException(what + ": the sequence is closed");
        }
        if (step.branched()) {
            throw new IllegalStateException(what + ": the last step ran branches, expected keep or truncate first");
        }
        if (!broken.isEmpty()) {
            throw new IllegalStateException(what + ": a step failed half-way and " + broken + ", expected close");
        }
    }

    /// A slot for a row of the running step, written in layers where the row runs.
    int add(int row, int position, boolean branch) {
        step.add(row, branch);
        return positions.append(position);
    }

    /// Makes the slots from `from` on writable in every layer.
    void reserve(int from) {
        layers.reserve(from, length());
    }

    /// Takes the running step back, of which some layers may have run.
    ///
    /// @param started whether a layer may have seen its rows
    void rollBack(boolean started) {
        String bar = states.truncationBar();
        layers.truncate(base());
        if (bar.isEmpty()) {
            states.truncate(base());
        } else if (started) {
            broken = bar;
        }
        cut(base());
    }

    @Override
    public int extend(int position, int count) {
        requireUsable("extend");
        int from = length();
        step.settle(from);
        for (int i = 0; i < count; i++) {
            positions.append(position + i);
        }
        try {
            reserve(from);
        } catch (RuntimeException full) {
            rollBack(false);
            throw full;
        }
        layers.markAbsent(from, length());
        step.settle(length());
        return from;
    }

    @Override
    public void write(int layer, int from, Matrix keys, Matrix values, int rows) {
        if (from < 0 || rows < 0 || from > length() - rows) {
            throw new IndexOutOfBoundsException(
                    "slots [" + from + ", " + (from + rows) + ") of " + length() + " stored");
        }
        if (rows > 0 && layer(layer).shape().stored()) {
            layers.admit(this, parts().cache(), layer, from, from + rows);
            layers.write(runner.core().compute().kernels(), layer, from, keys, values, rows);
        }
    }

    @Override
    public CachedSequence fork() {
        requireUsable("fork");
        CachedSequence copy =
                new CachedSequence(runner, layers.fork(), states.fork(), positions.copy(), annexes.share());
        copy.step.settle(length());
        return copy;
    }

    /// A fork with the parts of `other`, whose pages have `shapes`; empty if these differ or a state cannot
    /// begin here.
    Optional<CachedSequence> forkFor(DecoderRunner other, CacheShape[] shapes) {
        requireUsable("adopt");
        if (!layers.haveShapes(shapes)) {
            return Optional.empty();
        }
        return states.forkFor(other.parts(), length() == 0).map(forked -> {
            CachedSequence copy = new CachedSequence(other, layers.fork(), forked, positions.copy(), annexes.share());
            copy.step.settle(length());
            return copy;
        });
    }

    @Override
    public boolean truncatable() {
        return states.truncationBar().isEmpty();
    }

    @Override
    public void truncate(int to) {
        if (to < 0 || to > length()) {
            throw new IndexOutOfBoundsException("truncate to length=" + to + " of " + length());
        }
        if (to < length()) {
            requireTruncatable();
            for (int layer = 0; layer < layers.count() && to % KvLayout.PAGE_TOKENS != 0; layer++) {
                layers.admit(this, parts().cache(), layer, to - 1, to);
            }
            layers.truncate(to);
            states.truncate(to);
        }
        cut(to);
    }

    private void requireTruncatable() {
        String bar = states.truncationBar();
        if (!bar.isEmpty()) {
            throw new IllegalStateException("truncate: " + bar);
        }
    }

    private void cut(int to) {
        positions.truncate(to);
        step.cut(to);
        annexes.cut(to);
    }

    @Override
    public void keep(int[] rows, int count) {
        int[] offsets = step.offsets(rows, count);
        int first = base();
        boolean together = count == 0 || offsets[count - 1] == count - 1;
        if (together && count == length() - first) {
            step.cut(length());
            return;
        }
        requireTruncatable();
        layers.keep(first, offsets, count);
        states.keep(first, offsets, count);
        positions.keep(first, offsets, count);
        step.keep(offsets, count);
        annexes.cut(first + count);
    }

    @Override
    public KvView kv(int layer) {
        return views[layer];
    }

    @Override
    public <S extends PartState> S state(Part owner) {
        return states.of(owner);
    }

    @Override
    public Optional<Annex> prefixAnnex(Object owner) {
        return annexes.of(owner);
    }

    @Override
    public void prefixAnnex(Object owner, Annex annex) {
        annexes.hang(owner, annex, length());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        layers.truncate(0);
        states.close();
        cut(0);
        annexes.close();
    }
}

package dev.vivace.runtime;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.KvBlocks;
import dev.vivace.seam.KvLayout;
import dev.vivace.seam.KvView;
import dev.vivace.seam.Part;
import dev.vivace.seam.PartState;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A sequence over the paged cache.
final class CachedSequence implements Sequence {
    private final CacheShape[] shapes;
    private final Parts parts;
    private final Kernels kernels;
    private final CacheLayer[] layers;
    private final CacheView[] views;
    private final Map<Part, PartState> states;
    private final List<SharedAnnex> annexes = new ArrayList<>();
    private int[] positions = new int[16];
    private int length;
    private int highest = -1;
    private boolean closed;

    // The step that runs, or ran last.
    private long stepId = -1;
    private int base;
    private boolean branched;
    private int[] stepRows = new int[16];

    CachedSequence(CacheShape[] shapes, Parts parts, Kernels kernels) {
        this(shapes, parts, kernels, newLayers(shapes), new LinkedHashMap<>());
        for (Part part : parts.all()) {
            part.newState().ifPresent(state -> states.put(part, state));
        }
        if (!states.containsKey(parts.decoding())) {
            parts.decoding().newState().ifPresent(state -> states.put(parts.decoding(), state));
        }
    }

    private CachedSequence(
            CacheShape[] shapes, Parts parts, Kernels kernels, CacheLayer[] layers, Map<Part, PartState> states) {
        this.shapes = shapes;
        this.parts = parts;
        this.kernels = kernels;
        this.layers = layers;
        this.states = states;
        this.views = new CacheView[layers.length];
        Arrays.setAll(views, layer -> new CacheView(this, layers[layer], kernels));
    }

    private static CacheLayer[] newLayers(CacheShape[] shapes) {
        return Arrays.stream(shapes).map(CacheLayer::new).toArray(CacheLayer[]::new);
    }

    Parts parts() {
        return parts;
    }

    CacheLayer layer(int layer) {
        return layers[layer];
    }

    /// The first slot of the running step.
    int base() {
        return base;
    }

    /// Whether the running step has rows that do not follow the row before them.
    boolean branched() {
        return branched;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int position(int slot) {
        return positions[slot];
    }

    @Override
    public int nextPosition() {
        return highest + 1;
    }

    /// The first slot below `limit` whose position is at least `position`; stored positions rise with their slots.
    int firstSlotFrom(int position, int limit) {
        if (position <= 0) {
            return 0;
        }
        int found = Arrays.binarySearch(positions, 0, limit, position);
        return found >= 0 ? found : -found - 1;
    }

    /// Whether step `id` is the one it takes part in.
    boolean isIn(long id) {
        return stepId == id;
    }

    /// Gets ready for step `id`: pages that are full by now are sealed.
    void begin(long id) {
        if (stepId == id) {
            return;
        }
        if (closed) {
            throw new IllegalStateException("the sequence is closed");
        }
        if (branched) {
            throw new IllegalStateException("the last step ran branches: keep(...) or truncate(...) first");
        }
        stepId = id;
        base = length;
        seal();
    }

    private void seal() {
        int full = length / KvLayout.PAGE_TOKENS;
        for (int layer = 0; layer < layers.length; layer++) {
            CacheLayer cache = layers[layer];
            for (int page = cache.sealed(); page < Math.min(full, cache.pageCount()); page++) {
                cache.sealed(page + 1);
                parts.cache().seal(this, layer, page);
            }
        }
    }

    /// A slot for a row of the running step, written in layers where the row runs.
    int add(int row, int position, boolean branch) {
        int slot = append(position);
        if (slot - base >= stepRows.length) {
            stepRows = Arrays.copyOf(stepRows, (slot - base) * 2);
        }
        stepRows[slot - base] = row;
        branched |= branch;
        return slot;
    }

    private int append(int position) {
        if (length == positions.length) {
            positions = Arrays.copyOf(positions, length * 2);
        }
        positions[length] = position;
        highest = Math.max(highest, position);
        return length++;
    }

    /// Makes the slots added since [#begin] writable in every layer.
    void reserve() {
        for (CacheLayer layer : layers) {
            layer.reserve(base, length);
        }
    }

    @Override
    public int extend(int position, int count) {
        int from = length;
        for (int i = 0; i < count; i++) {
            append(position + i);
        }
        for (CacheLayer layer : layers) {
            layer.reserve(from, length);
        }
        return from;
    }

    @Override
    public void write(int layer, int from, Matrix keys, Matrix values, int rows) {
        if (from < 0 || from + rows > length) {
            throw new IndexOutOfBoundsException("slots [" + from + ", " + (from + rows) + ") of " + length + " stored");
        }
        layers[layer].reserve(from, from + rows);
        for (int row = 0; row < rows; row++) {
            store(layer, from + row, keys, values, row);
        }
    }

    /// Stores row `row` of keys and values in slot `slot`, which is writable.
    void store(int layer, int slot, Matrix keys, Matrix values, int row) {
        KvBlocks blocks = layers[layer].blocks();
        int page = slot / KvLayout.PAGE_TOKENS;
        int at = slot % KvLayout.PAGE_TOKENS;
        int bytes = blocks.dtype().blockBytes();
        MemorySegment memory = blocks.segment(page);
        int keyDim = blocks.keyDim();
        int valueDim = blocks.valueDim();
        for (int head = 0; head < blocks.kvHeads(); head++) {
            long key = blocks.keys(page, head) + (long) at * keyDim * bytes;
            kernels.store(keys.data(), keys.offset(row) + 4L * head * keyDim, blocks.dtype(), memory, key, keyDim);
            long value = blocks.values(page, head) + (long) at * valueDim * bytes;
            kernels.store(
                    values.data(), values.offset(row) + 4L * head * valueDim, blocks.dtype(), memory, value, valueDim);
        }
    }

    @Override
    public CachedSequence fork() {
        requireSettled("fork");
        CacheLayer[] copies = Arrays.stream(layers).map(CacheLayer::fork).toArray(CacheLayer[]::new);
        Map<Part, PartState> forked = new LinkedHashMap<>();
        states.forEach((part, state) -> forked.put(part, state.fork()));
        CachedSequence copy = new CachedSequence(shapes, parts, kernels, copies, forked);
        copy.positions = positions.clone();
        copy.length = length;
        copy.highest = highest;
        annexes.forEach(annex -> copy.annexes.add(annex.share()));
        return copy;
    }

    private void requireSettled(String what) {
        if (branched) {
            throw new IllegalStateException(what + ": the last step ran branches: keep(...) or truncate(...) first");
        }
    }

    @Override
    public boolean truncatable() {
        return states.values().stream().allMatch(PartState::truncatable);
    }

    @Override
    public void truncate(int to) {
        if (to < 0 || to > length) {
            throw new IndexOutOfBoundsException("truncate to length=" + to + " of " + length);
        }
        for (int layer = 0; layer < layers.length; layer++) {
            admit(layer, to / KvLayout.PAGE_TOKENS, to);
            layers[layer].truncate(to);
        }
        states.values().forEach(state -> state.truncate(to));
        cut(to);
    }

    /// Brings the page that `to` cuts through back into memory, if it was evicted.
    private void admit(int layer, int page, int to) {
        CacheLayer cache = layers[layer];
        if (to % KvLayout.PAGE_TOKENS != 0 && page < cache.pageCount() && !cache.resident(page)) {
            parts.cache().fetch(this, layer, new int[] {page}, 1, new MemorySegment[] {cache.admit(page)});
        }
    }

    private void cut(int to) {
        length = to;
        highest = -1;
        for (int slot = 0; slot < length; slot++) {
            highest = Math.max(highest, positions[slot]);
        }
        base = Math.min(base, length);
        branched = false;
        annexes.removeIf(annex -> {
            if (annex.length() > length) {
                annex.release();
                return true;
            }
            return false;
        });
    }

    @Override
    public void keep(int[] rows, int count) {
        int[] offsets = new int[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = offsetOf(rows[i]);
            if (i > 0 && offsets[i] <= offsets[i - 1]) {
                throw new IllegalArgumentException("row=" + rows[i] + " was not added after row=" + rows[i - 1]);
            }
        }
        for (int i = 0; i < count; i++) {
            if (offsets[i] != i) {
                for (CacheLayer layer : layers) {
                    layer.move(base + offsets[i], base + i);
                }
                positions[base + i] = positions[base + offsets[i]];
            }
        }
        for (CacheLayer layer : layers) {
            layer.truncate(base + count);
        }
        for (PartState state : states.values()) {
            state.keep(base, offsets, count);
        }
        cut(base + count);
    }

    private int offsetOf(int row) {
        for (int offset = 0; offset < length - base; offset++) {
            if (stepRows[offset] == row) {
                return offset;
            }
        }
        throw new IllegalArgumentException("row=" + row + " is not of this sequence's last step");
    }

    @Override
    public KvView kv(int layer) {
        return views[layer];
    }

    @Override
    @SuppressWarnings("unchecked") // the owner made the state and knows its type
    public <S extends PartState> S state(Part owner) {
        PartState state = states.get(owner);
        if (state == null) {
            throw new IllegalArgumentException(owner.getClass().getSimpleName() + " keeps no state for this sequence");
        }
        return (S) state;
    }

    @Override
    public Optional<Annex> prefixAnnex(Object owner) {
        return annexes.stream()
                .filter(annex -> annex.owner() == owner)
                .map(SharedAnnex::annex)
                .findFirst();
    }

    @Override
    public void prefixAnnex(Object owner, Annex annex) {
        annexes.removeIf(old -> {
            if (old.owner() == owner) {
                old.release();
                return true;
            }
            return false;
        });
        annexes.add(new SharedAnnex(owner, annex, length));
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (CacheLayer layer : layers) {
            layer.truncate(0);
        }
        states.values().forEach(PartState::close);
        annexes.forEach(SharedAnnex::release);
        annexes.clear();
        length = 0;
    }
}

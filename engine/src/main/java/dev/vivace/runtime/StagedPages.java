package dev.vivace.runtime;

import dev.vivace.kernel.KvBlocks;
import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;

/// The readable pages of one sequence's layer during one step: resident ones as they lie, evicted ones fetched;
/// where keys are stored raw, a second table of copies with rotated keys.
final class StagedPages {
    private final CachedSequence sequence;
    private final int layerIndex;
    private final CacheLayer layer;
    private final KvBlocks stored;
    private final KvBlocks rotated;
    private final boolean raw;
    private final BitSet wanted = new BitSet();
    private final BitSet wantedRotated = new BitSet();
    private final BitSet done = new BitSet();
    private final BitSet doneRotated = new BitSet();

    StagedPages(CachedSequence sequence, int layerIndex) {
        this.sequence = sequence;
        this.layerIndex = layerIndex;
        this.layer = sequence.layer(layerIndex);
        this.raw = layer.shape().layout().form() == KeyForm.RAW;
        this.stored = layer.shape().blocks();
        this.rotated = raw ? KvStaging.copies(layer) : stored;
        for (int page = 0; page < layer.pageCount(); page++) {
            rotated.page(page, MemorySegment.NULL, 0);
            stored.page(page, MemorySegment.NULL, 0);
            if (layer.resident(page)) {
                stored.page(page, layer.blocks().segment(page), layer.blocks().keys(page, 0));
                done.set(page);
            }
        }
    }

    CachedSequence sequence() {
        return sequence;
    }

    /// Notes that `slots[from, to)` will be read as stored or, if `turned`, with rotated keys.
    void want(RunList slots, int from, int to, boolean turned) {
        for (int run = from; run < to; run++) {
            want(slots.start[run], slots.end(run), turned);
        }
    }

    void want(int from, int to, boolean turned) {
        int last = Math.min(layer.pageCount(), (to + KvLayout.PAGE_TOKENS - 1) / KvLayout.PAGE_TOKENS);
        if (from / KvLayout.PAGE_TOKENS < last) {
            (raw && turned ? wantedRotated : wanted).set(from / KvLayout.PAGE_TOKENS, last);
        }
    }

    /// Brings everything wanted into memory.
    void ready(KvStaging staging) {
        wanted.or(wantedRotated);
        wanted.andNot(done);
        if (!wanted.isEmpty()) {
            int[] missing = wanted.stream().toArray();
            MemorySegment[] targets = new MemorySegment[missing.length];
            for (int i = 0; i < missing.length; i++) {
                targets[i] = staging.allocate(stored.pageBytes());
                stored.page(missing[i], targets[i], 0);
            }
            sequence.parts().cache().fetch(sequence, layerIndex, missing, missing.length, targets);
            done.or(wanted);
            wanted.clear();
        }
        wantedRotated.andNot(doneRotated);
        for (int page = wantedRotated.nextSetBit(0); page >= 0; page = wantedRotated.nextSetBit(page + 1)) {
            turn(staging, page);
        }
        doneRotated.or(wantedRotated);
        wantedRotated.clear();
    }

    private void turn(KvStaging staging, int page) {
        int first = page * KvLayout.PAGE_TOKENS;
        int slots = Math.min(KvLayout.PAGE_TOKENS, sequence.length() - first);
        rotated.page(page, staging.allocate(rotated.pageBytes()), 0);
        int[] positions = new int[slots];
        Arrays.setAll(positions, slot -> sequence.position(first + slot));
        for (int slot = 0; slot < slots; slot++) {
            staging.copy(stored, first + slot, rotated, first + slot);
        }
        staging.rotate(rotated, page, positions);
    }

    /// Pages as stored.
    KvBlocks stored() {
        return stored;
    }

    /// Pages that attention reads.
    KvBlocks readable() {
        return rotated;
    }
}

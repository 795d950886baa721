package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.seam.KeyForm;
import dev.vivace.seam.KvCache;
import dev.vivace.seam.KvLayout;
import dev.vivace.seam.KvView;
import dev.vivace.seam.PartState;
import dev.vivace.seam.Sequence;
import dev.vivace.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A throw-away cache: every full page is moved away, its annex keeps the least and the greatest key element of each
/// head.
final class ColdPages implements KvCache {
    private final KeyForm form;
    private final int heads;
    int fetched;
    int openStates;

    ColdPages(KeyForm form, int heads) {
        this.form = form;
        this.heads = heads;
    }

    /// Pages by layer and number; the bytes never change.
    private final class Cold implements PartState {
        private final Map<Integer, byte[]> pages = new HashMap<>();
        private boolean closed;

        Cold() {
            openStates++;
        }

        @Override
        public PartState fork() {
            Cold copy = new Cold();
            copy.pages.putAll(pages);
            return copy;
        }

        @Override
        public void truncate(int length) {
            pages.keySet().removeIf(key -> (key % 10000 + 1) * KvLayout.PAGE_TOKENS > length);
        }

        @Override
        public void keep(int base, int[] offsets, int count) {
            truncate(base + count);
        }

        @Override
        public void close() {
            openStates -= closed ? 0 : 1;
            closed = true;
        }
    }

    @Override
    public Optional<PartState> newState() {
        return Optional.of(new Cold());
    }

    @Override
    public KvLayout layout(int layer, KvLayout plain) {
        return new KvLayout(plain.dtype(), form, 8 * heads);
    }

    @Override
    public void seal(Sequence sequence, int layer, int page) {
        KvView view = sequence.kv(layer);
        int from = page * KvLayout.PAGE_TOKENS;
        float[][] keys = new float[heads][];
        float[][] values = new float[heads][];
        try (Arena arena = Arena.ofConfined()) {
            for (int head = 0; head < heads; head++) {
                MemorySegment k = arena.allocate(4L * KvLayout.PAGE_TOKENS * view.keyDim(), 64);
                MemorySegment v = arena.allocate(4L * KvLayout.PAGE_TOKENS * view.valueDim(), 64);
                view.keys(head, from, KvLayout.PAGE_TOKENS, k, 0);
                view.values(head, from, KvLayout.PAGE_TOKENS, v, 0);
                keys[head] = k.toArray(ValueLayout.JAVA_FLOAT);
                values[head] = v.toArray(ValueLayout.JAVA_FLOAT);
                view.annex(page).setAtIndex(ValueLayout.JAVA_FLOAT, 2 * head, least(keys[head]));
                view.annex(page).setAtIndex(ValueLayout.JAVA_FLOAT, 2 * head + 1, -least(negative(keys[head])));
            }
        }
        sequence.<Cold>state(this).pages.put(layer * 10000 + page, bytes(keys, values, dtype(sequence, layer)));
        view.evict(page);
        assertThat(view.resident(page)).isFalse();
    }

    private static DType dtype(Sequence sequence, int layer) {
        return ((CachedSequence) sequence).layer(layer).shape().layout().dtype();
    }

    static float least(float[] x) {
        float least = Float.POSITIVE_INFINITY;
        for (float value : x) {
            least = Math.min(least, value);
        }
        return least;
    }

    static float[] negative(float[] x) {
        float[] out = x.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = -out[i];
        }
        return out;
    }

    private static byte[] bytes(float[][] keys, float[][] values, DType type) {
        int elements = keys.length * (keys[0].length + values[0].length);
        byte[] bytes = new byte[elements * type.blockBytes()];
        MemorySegment memory = MemorySegment.ofArray(bytes);
        long at = 0;
        for (float[][] part : new float[][][] {keys, values}) {
            for (float[] head : part) {
                for (float x : head) {
                    if (type == DType.F32) {
                        memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, x);
                    } else {
                        memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(x));
                    }
                    at += type.blockBytes();
                }
            }
        }
        return bytes;
    }

    @Override
    public void fetch(Sequence sequence, int layer, int[] pages, int count, MemorySegment[] targets) {
        for (int i = 0; i < count; i++) {
            byte[] page = sequence.<Cold>state(this).pages.getOrDefault(layer * 10000 + pages[i], new byte[0]);
            assertThat(page).isNotEmpty();
            MemorySegment.copy(page, 0, targets[i], ValueLayout.JAVA_BYTE, 0, page.length);
            fetched++;
        }
    }
}

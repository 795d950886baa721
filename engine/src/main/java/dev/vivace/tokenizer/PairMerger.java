package dev.vivace.tokenizer;

import dev.vivace.CapacityException;
import java.util.Arrays;

/// Byte-pair encoding of one word: starts from its single symbols and joins, again and again, the neighbours
/// that come
/// first in order, of equals the leftmost, until none can be joined (Gage 1994; Sennrich et al. 2016).
///
/// A linked list of symbols and a heap of possible joins: `O(n log n)` for a word of `n` symbols. An entry of
/// the heap is
/// stale when its left symbol no longer has a join of that order. One object serves many words of one text, one
/// thread.
final class PairMerger {
    /// No join.
    static final long NONE = PairIndex.NONE;

    private static final int MOST_SYMBOLS = 1 << 23;

    /// Says what two neighbours become.
    @FunctionalInterface
    interface Joins {
        /// @param left token of the left symbol, -1 if it is no token
        /// @param right token of the right symbol, -1 if it is no token
        /// @param from where the left symbol begins
        /// @param to where the right symbol ends
        /// @return order (a signed int, lowest first) << 32 | token, or [#NONE]
        long join(int left, int right, int from, int to);
    }

    private int size;
    private int end;
    private int[] tokens = new int[64];
    private int[] starts = new int[65];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    private long[] joined = new long[64];
    private long[] heap = new long[64];
    private int heaped;

    /// Forgets the last word.
    void clear() {
        size = 0;
        heaped = 0;
    }

    /// Appends a symbol that begins where the last one ended.
    ///
    /// @param token its token, or -1
    /// @param from where it begins
    /// @param to where it ends
    void add(int token, int from, int to) {
        if (size == tokens.length) {
            grow();
        }
        tokens[size] = token;
        starts[size++] = from;
        end = to;
    }

    private void grow() {
        if (size >= MOST_SYMBOLS) {
            throw new CapacityException(
                    "the text has a word of more than " + MOST_SYMBOLS + " symbols, expected fewer: give it in parts");
        }
        int capacity = size * 2;
        tokens = Arrays.copyOf(tokens, capacity);
        starts = Arrays.copyOf(starts, capacity + 1);
        next = new int[capacity];
        previous = new int[capacity];
        joined = new long[capacity];
    }

    /// Joins until nothing can be joined.
    void run(Joins joins) {
        for (int i = 0; i < size; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        for (int i = 0; i < size; i++) {
            offer(joins, i);
        }
        while (heaped > 0) {
            long first = pop();
            int left = (int) first;
            long join = joined[left];
            if (join == NONE || (int) (join >> 32) != (int) (first >> 32)) {
                continue;
            }
            int right = next[left];
            tokens[left] = (int) join;
            next[left] = next[right];
            if (next[right] < size) {
                previous[next[right]] = left;
            }
            joined[right] = NONE;
            offer(joins, left);
            if (previous[left] >= 0) {
                offer(joins, previous[left]);
            }
        }
    }

    private void offer(Joins joins, int left) {
        int right = next[left];
        long join = right < size ? joins.join(tokens[left], tokens[right], starts[left], end(right)) : NONE;
        joined[left] = join;
        if (join != NONE) {
            push((join & 0xFFFF_FFFF_0000_0000L) | left);
        }
    }

    /// The symbol after `symbol`, which is 0 at first; [#size()] and more when there is none.
    int next(int symbol) {
        return next[symbol];
    }

    int size() {
        return size;
    }

    int token(int symbol) {
        return tokens[symbol];
    }

    int start(int symbol) {
        return starts[symbol];
    }

    int end(int symbol) {
        return next[symbol] < size ? starts[next[symbol]] : end;
    }

    private void push(long entry) {
        if (heaped == heap.length) {
            heap = Arrays.copyOf(heap, heaped * 2);
        }
        int at = heaped++;
        while (at > 0) {
            int parent = (at - 1) >> 1;
            if (heap[parent] <= entry) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = entry;
    }

    private long pop() {
        long first = heap[0];
        long entry = heap[--heaped];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= heaped) {
                break;
            }
            if (child + 1 < heaped && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= entry) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = entry;
        return first;
    }
}

package dev.vivace.tokenizer;

import dev.vivace.FormatException;

/// A map from pairs of ints, none negative, to a long. Open addressing; the first of equal pairs wins.
final class PairIndex {
    /// No value.
    static final long NONE = -1;

    private static final int MOST_PROBES = 512; // as in PieceIndex

    private final long[] pairs; // left << 32 | right, plus 1 so that 0 is free
    private final long[] values;

    PairIndex(int count) {
        int capacity = Integer.highestOneBit(Math.max(4, count)) * 4;
        pairs = new long[capacity];
        values = new long[capacity];
    }

    void add(int left, int right, long value, String what) {
        long pair = ((long) left << 32 | right) + 1;
        int slot = slot(pair);
        for (int probe = 0; pairs[slot] != 0; probe++) {
            if (pairs[slot] == pair) {
                return;
            }
            if (probe == MOST_PROBES) {
                throw new FormatException(
                        what + " clash more than " + MOST_PROBES + " times, expected those of an ordinary vocabulary");
            }
            slot = slot + 1 & pairs.length - 1;
        }
        pairs[slot] = pair;
        values[slot] = value;
    }

    /// The value, or [#NONE].
    long find(int left, int right) {
        long pair = ((long) left << 32 | right) + 1;
        int slot = slot(pair);
        while (pairs[slot] != 0) {
            if (pairs[slot] == pair) {
                return values[slot];
            }
            slot = slot + 1 & pairs.length - 1;
        }
        return NONE;
    }

    private int slot(long pair) {
        long hash = pair * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 32 ^ hash >>> 20) & pairs.length - 1;
    }
}

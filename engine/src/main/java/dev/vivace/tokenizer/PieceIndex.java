package dev.vivace.tokenizer;

import dev.vivace.FormatException;
import dev.vivace.format.gguf.Texts;
import java.nio.CharBuffer;
import java.util.List;

/// Finds the id of a piece from a range of chars, without making a string. Open addressing; the first of equal
/// pieces
/// wins. Immutable once built.
final class PieceIndex {
    /// More clashes than this come from no honest vocabulary; without a limit a made-up one could stall the
    /// building.
    private static final int MOST_PROBES = 512;

    private final List<String> pieces;
    private final int[] slots; // id + 1; 0 is free
    private final int[] hashes; // of what is in the slots

    PieceIndex(List<String> pieces) {
        this.pieces = pieces;
        this.slots = new int[Integer.highestOneBit(Math.max(4, pieces.size())) * 4];
        this.hashes = new int[slots.length];
        char[] buffer = new char[Vocabulary.LONGEST_BYTES];
        for (int id = 0; id < pieces.size(); id++) {
            insert(id, buffer, chars(pieces, id, buffer));
        }
    }

    /// Writes the characters of a text of the list to the front of `out`; how many.
    static int chars(List<String> texts, int index, char[] out) {
        if (texts instanceof Texts packed) {
            return packed.chars(index, out);
        }
        String text = texts.get(index);
        text.getChars(0, text.length(), out, 0);
        return text.length();
    }

    private void insert(int id, char[] chars, int length) {
        int hash = hash(chars, 0, length);
        int slot = hash & slots.length - 1;
        for (int probe = 0; slots[slot] != 0; probe++) {
            if (hashes[slot] == hash && same(slots[slot] - 1, chars, 0, length)) {
                return;
            }
            if (probe == MOST_PROBES) {
                throw new FormatException("tokenizer.ggml.tokens[" + id + "] clashes with more than " + MOST_PROBES
                        + " others, expected a vocabulary of ordinary words");
            }
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = id + 1;
        hashes[slot] = hash;
    }

    /// The id of the piece that the chars `from..to-1` spell, or -1.
    int find(char[] chars, int from, int to) {
        int hash = hash(chars, from, to);
        int slot = hash & slots.length - 1;
        while (slots[slot] != 0) {
            if (hashes[slot] == hash && same(slots[slot] - 1, chars, from, to)) {
                return slots[slot] - 1;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return -1;
    }

    int find(String piece) {
        return find(piece.toCharArray(), 0, piece.length());
    }

    private boolean same(int id, char[] chars, int from, int to) {
        if (pieces instanceof Texts packed) {
            return packed.spells(id, chars, from, to);
        }
        return pieces.get(id).contentEquals(CharBuffer.wrap(chars, from, to - from));
    }

    private static int hash(char[] chars, int from, int to) {
        long hash = (long) to - from;
        for (int i = from; i < to; i++) {
            hash = (hash ^ chars[i]) * 0x9E3779B97F4A7C15L;
        }
        return (int) (hash >>> 32 ^ hash >>> 13);
    }
}

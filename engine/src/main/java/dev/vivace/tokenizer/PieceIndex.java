package dev.vivace.tokenizer;

import dev.vivace.FormatException;
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

    PieceIndex(List<String> pieces) {
        this.pieces = pieces;
        this.slots = new int[Integer.highestOneBit(Math.max(4, pieces.size())) * 4];
        char[] buffer = new char[Vocabulary.LONGEST_PIECE];
        for (int id = 0; id < pieces.size(); id++) {
            String piece = pieces.get(id);
            piece.getChars(0, piece.length(), buffer, 0);
            insert(id, buffer, piece.length());
        }
    }

    private void insert(int id, char[] chars, int length) {
        int slot = hash(chars, 0, length) & slots.length - 1;
        for (int probe = 0; slots[slot] != 0; probe++) {
            if (same(pieces.get(slots[slot] - 1), chars, 0, length)) {
                return;
            }
            if (probe == MOST_PROBES) {
                throw new FormatException("tokenizer.ggml.tokens[" + id + "] clashes with more than " + MOST_PROBES
                        + " others, expected a vocabulary of ordinary words");
            }
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = id + 1;
    }

    /// The id of the piece that the chars `from..to-1` spell, or -1.
    int find(char[] chars, int from, int to) {
        int slot = hash(chars, from, to) & slots.length - 1;
        while (slots[slot] != 0) {
            int id = slots[slot] - 1;
            if (same(pieces.get(id), chars, from, to)) {
                return id;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return -1;
    }

    int find(String piece) {
        return find(piece.toCharArray(), 0, piece.length());
    }

    private static boolean same(String piece, char[] chars, int from, int to) {
        int length = to - from;
        if (piece.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (piece.charAt(i) != chars[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static int hash(char[] chars, int from, int to) {
        long hash = (long) to - from;
        for (int i = from; i < to; i++) {
            hash = (hash ^ chars[i]) * 0x9E3779B97F4A7C15L;
        }
        return (int) (hash >>> 32 ^ hash >>> 13);
    }
}

package dev.vivace.seam;

import java.util.Arrays;

/// The tokens that one request accepted in a step, each with the batch row whose logits it was chosen from;
/// reused.
public final class Accepted {
    private int[] tokens = new int[8];
    private int[] rows = new int[8];
    private int count;

    /// An empty list.
    public Accepted() {}

    /// Forgets all.
    public void clear() {
        count = 0;
    }

    /// Appends `token`, chosen from the logits of batch row `row`.
    public void add(int token, int row) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, count * 2);
            rows = Arrays.copyOf(rows, count * 2);
        }
        tokens[count] = token;
        rows[count++] = row;
    }

    /// How many.
    public int count() {
        return count;
    }

    /// Token `i`.
    public int token(int i) {
        return tokens[i];
    }

    /// The batch row behind token `i`.
    public int row(int i) {
        return rows[i];
    }
}

package dev.vivace.sampling;

import dev.vivace.OptionException;
import java.util.Arrays;

/// The tokens of one request so far, prompt and answer: what penalties look at. Not safe for use by several threads.
public final class History {
    private int[] tokens = new int[256];
    private int size;

    /// No token yet.
    History() {}

    /// How many tokens were accepted.
    public int size() {
        return size;
    }

    /// The token at `index`, 0 for the first accepted.
    public int token(int index) {
        return tokens[index];
    }

    void add(int token) {
        if (token < 0) {
            throw new OptionException("token id " + token + " cannot be accepted, expected 0 or more");
        }
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * size);
        }
        tokens[size++] = token;
    }

    void truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new OptionException("cannot go back to " + newSize + " accepted tokens, expected 0 to " + size);
        }
        size = newSize;
    }

    History copy() {
        History copy = new History();
        copy.tokens = tokens.clone();
        copy.size = size;
        return copy;
    }
}

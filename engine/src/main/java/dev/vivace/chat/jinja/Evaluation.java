package dev.vivace.chat.jinja;

import dev.vivace.FormatException;
import java.time.Clock;

/// One rendering under way: where it is, how much it may still do, and which clock it reads. Every limit stands
/// here, so
/// that no template, however hostile, takes more than bounded time, memory and stack.
final class Evaluation {
    /// Nested calls of the interpreter, each of which may take more than a kilobyte of the thread's stack.
    static final int DEPTH = 240;

    /// How deep lists and maps may nest, so that going through them needs bounded stack.
    static final int NESTING = 100;

    /// The items of one range, as in Jinja's sandbox.
    static final int RANGE = 100_000;

    /// The characters of one string.
    static final int LENGTH = 1 << 24;

    private static final long WORK = 30_000_000;
    private static final long WORK_PER_INPUT = 100;

    private final Clock clock;
    private long work = WORK;
    private int depth;
    private int line = 1;

    Evaluation(Clock clock) {
        this.clock = clock;
    }

    Clock clock() {
        return clock;
    }

    /// A big input may take more work than a small one.
    void allow(long input) {
        work = Math.addExact(work, Math.multiplyExact(WORK_PER_INPUT, input));
    }

    /// The line that errors name from here on.
    void at(int newLine) {
        line = newLine;
    }

    int line() {
        return line;
    }

    /// Counts work: steps taken, characters or items made.
    void charge(long amount) {
        work -= amount;
        if (work < 0) {
            throw fault("the template does not come to an end within its limit of " + WORK + " units of work");
        }
    }

    /// Counts the items of a new list.
    void chargeItems(long count) {
        charge(8 * count);
    }

    /// Counts the pieces that a string is cut into.
    void chargePieces(long count) {
        charge(64 * count);
    }

    /// Counts a search for `needle` characters in `hay` characters at its worst.
    void chargeSearch(long hay, long needle) {
        charge(hay * (1 + needle / 64));
    }

    /// Checks a string's length before it is made, and counts it.
    void chargeText(long length) {
        if (length > LENGTH) {
            throw fault("a string of " + length + " characters is longer than the limit of " + LENGTH);
        }
        charge(length);
    }

    /// One more nested call; [#leave] ends it.
    void enter() {
        charge(8);
        if (++depth > DEPTH) {
            throw fault("expressions or macro calls nest deeper than the limit of " + DEPTH);
        }
    }

    void leave() {
        depth--;
    }

    /// Checks how deep a new value nests.
    <V extends Value> V shallow(V value) {
        if (value.depth() > NESTING) {
            throw fault("lists and maps nest deeper than the limit of " + NESTING);
        }
        return value;
    }

    /// An error that names the line.
    FormatException fault(String message) {
        return new FormatException("Chat template, line " + line + ": " + message + ".");
    }
}

package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/// A list, or something that can be gone through like one. A generator gives its items once, as in Python.
final class Sequence implements Value {
    /// What Python would call it, which decides how it prints, compares and is indexed.
    enum Kind {
        LIST("list"),
        TUPLE("tuple"),
        RANGE("range"),
        VIEW("dict view"),
        GENERATOR("generator");

        final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    private final List<Value> items;
    private final Kind kind;
    private final int depth;
    private boolean spent;

    Sequence(Kind kind, List<? extends Value> items) {
        this.kind = kind;
        this.items = List.copyOf(items);
        int deepest = 0;
        for (Value item : this.items) {
            deepest = Math.max(deepest, item.depth());
        }
        this.depth = deepest + 1;
    }

    static Sequence list(List<? extends Value> items) {
        return new Sequence(Kind.LIST, items);
    }

    static Sequence tuple(Value... items) {
        return new Sequence(Kind.TUPLE, List.of(items));
    }

    static Sequence generator(List<? extends Value> items) {
        return new Sequence(Kind.GENERATOR, items);
    }

    Kind kind() {
        return kind;
    }

    /// All items, whether a generator was used up or not.
    List<Value> items() {
        return items;
    }

    /// The items as a loop sees them.
    List<Value> take() {
        List<Value> taken = spent ? new ArrayList<>() : items;
        spent = kind == Kind.GENERATOR;
        return taken;
    }

    /// Whether `[i]` works on it.
    boolean indexed() {
        return kind == Kind.LIST || kind == Kind.TUPLE || kind == Kind.RANGE;
    }

    @Override
    public int depth() {
        return depth;
    }
}

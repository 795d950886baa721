package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// A map in the order of insertion, keyed as Python does it: 1, 1.0 and True are one key.
final class Dict implements Value {
    private final LinkedHashMap<Object, Entry> entries = new LinkedHashMap<>();
    private int depth = 1;

    /// One key with its value.
    record Entry(Value key, Value value) {}

    /// While it is built: adds or replaces. Nothing changes it once an expression has seen it.
    Dict put(Evaluation run, Value key, Value value) {
        Object hash = hash(run, key);
        Entry old = entries.get(hash);
        entries.put(hash, new Entry(old == null ? key : old.key, value));
        depth = Math.max(depth, 1 + Math.max(key.depth(), value.depth()));
        return this;
    }

    Optional<Value> find(Evaluation run, Value key) {
        return Optional.ofNullable(entries.get(hash(run, key))).map(Entry::value);
    }

    Optional<Value> find(String key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    List<Value> keys() {
        List<Value> keys = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> keys.add(entry.key));
        return keys;
    }

    int size() {
        return entries.size();
    }

    @Override
    public int depth() {
        return depth;
    }

    /// An object with Python's equality of keys.
    static Object hash(Evaluation run, Value key) {
        run.chargePieces(key instanceof Sequence ? 1 : 0);
        return switch (key) {
            case Text text -> text.chars();
            case Bool bool -> bool.value() ? 1L : 0L;
            case Int number -> number.value();
            case Real real
            when real.value() == Math.rint(real.value()) && Math.abs(real.value()) < 0x1p62 -> (long) real.value();
            case Real real -> real.value();
            case Sequence tuple
            when tuple.kind() == Sequence.Kind.TUPLE ->
                tuple.items().stream().map(item -> hash(run, item)).toList();
            case Sequence list -> throw run.fault("a " + list.kind().label + " cannot be a key of a map");
            case Dict dict -> throw run.fault("a map of " + dict.size() + " entries cannot be a key of a map");
            case Undefined undefined -> throw run.fault(undefined.why());
            case None none -> none;
            case Namespace namespace -> namespace;
            case Function function -> function;
            case LoopState loop -> loop;
        };
    }

    private static List<Object> hashes(Evaluation run, Sequence tuple) {
        List<Object> hashes = new ArrayList<>();
        for (Value item : tuple.items()) {
            hashes.add(hash(run, item));
        }
        return hashes;
    }
}

package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Filters that compare the items of a list: letters of either case are equal unless asked otherwise.
final class OrderFilters {
    private OrderFilters() {}

    /// An item with what it is sorted by.
    private record Keyed(Value key, Value item) {}

    static Value sort(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'sort'", "reverse", "case_sensitive", "attribute");
        List<Keyed> keyed = new ArrayList<>();
        for (Value item : Python.items(run, input)) {
            keyed.add(new Keyed(keys(run, item, bound, 2, bound.truth(1, false)), item));
        }
        return Sequence.list(sorted(run, keyed, bound.truth(0, false)));
    }

    private static List<Value> sorted(Evaluation run, List<Keyed> keyed, boolean reverse) {
        run.chargePieces(keyed.size());
        Comparator<Keyed> order = Comparator.comparing(Keyed::key, (a, b) -> Python.order(run, a, b));
        keyed.sort(reverse ? order.reversed() : order);
        return keyed.stream().map(Keyed::item).toList();
    }

    /// The attributes to sort by as one tuple; several are named with commas between.
    private static Value keys(Evaluation run, Value item, Args.Bound bound, int attribute, boolean exact) {
        if (!bound.has(attribute) || bound.at(attribute) instanceof Value.None) {
            return key(item, exact);
        }
        if (!(bound.at(attribute) instanceof Text names)) {
            return key(SelectFilters.path(run, item, bound.at(attribute), Optional.empty()), exact);
        }
        Value[] keys = names.split(",", -1).stream()
                .map(name -> key(SelectFilters.path(run, item, name, Optional.empty()), exact))
                .toArray(Value[]::new);
        return Sequence.tuple(keys);
    }

    private static Value key(Value value, boolean exact) {
        return !exact && value instanceof Text text
                ? Text.of(text.chars().toLowerCase(Locale.ROOT), text.marked())
                : value;
    }

    static Value dictsort(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'dictsort'", "case_sensitive", "by", "reverse");
        String by = bound.text(1, "key").chars();
        if (!Arrays.asList("key", "value").contains(by)) {
            throw run.fault("the filter 'dictsort' sorts by 'key' or 'value', not by '" + by + "'");
        }
        if (!(input instanceof Dict dict)) {
            throw run.fault(Python.refusal(input, input)
                    .orElse("the filter 'dictsort' takes a map, not " + Python.typeName(input)));
        }
        List<Keyed> keyed = new ArrayList<>();
        for (Dict.Entry entry : dict.entries()) {
            Value sorted = by.equals("key") ? entry.key() : entry.value();
            keyed.add(new Keyed(key(sorted, bound.truth(0, false)), Sequence.tuple(entry.key(), entry.value())));
        }
        return Sequence.list(sorted(run, keyed, bound.truth(2, false)));
    }

    static Value unique(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'unique'", "case_sensitive", "attribute");
        Set<Object> seen = new HashSet<>();
        List<Value> kept = new ArrayList<>();
        for (Value item : Python.items(run, input)) {
            if (seen.add(Dict.hash(run, key(attribute(run, item, bound), bound.truth(0, false))))) {
                kept.add(item);
            }
        }
        run.chargeItems(kept.size());
        return Sequence.generator(kept);
    }

    private static Value attribute(Evaluation run, Value item, Args.Bound bound) {
        return bound.has(1) && !(bound.at(1) instanceof Value.None)
                ? SelectFilters.path(run, item, bound.at(1), Optional.empty())
                : item;
    }

    static Value min(Evaluation run, Value input, Args args) {
        return extreme(run, input, args.bind(run, "the filter 'min'", "case_sensitive", "attribute"), -1);
    }

    static Value max(Evaluation run, Value input, Args args) {
        return extreme(run, input, args.bind(run, "the filter 'max'", "case_sensitive", "attribute"), 1);
    }

    private static Value extreme(Evaluation run, Value input, Args.Bound bound, int sign) {
        List<Value> items = Python.items(run, input);
        if (items.isEmpty()) {
            return new Value.Undefined("an empty list has no least or greatest item");
        }
        boolean exact = bound.truth(0, false);
        Value best = items.getFirst();
        Value bestKey = key(attribute(run, best, bound), exact);
        for (Value item : items.subList(1, items.size())) {
            Value key = key(attribute(run, item, bound), exact);
            if (Python.order(run, key, bestKey) * sign > 0) {
                best = item;
                bestKey = key;
            }
        }
        return best;
    }
}

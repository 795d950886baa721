package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Filters that pick or change the items of a list: `map`, `select`, `reject` and their forms for attributes.
final class SelectFilters {
    private SelectFilters() {}

    static Value map(Evaluation run, Value input, Args args) {
        List<Value> mapped = new ArrayList<>();
        if (args.positional().isEmpty()) {
            Args.Bound bound = args.bind(run, "the filter 'map'", "attribute", "default");
            for (Value item : Python.items(run, input)) {
                mapped.add(path(run, item, bound.at(0), bound.find(1)));
            }
        } else {
            Filters.Filter filter =
                    Filters.named(run, name(run, args.positional().getFirst()));
            for (Value item : Python.items(run, input)) {
                mapped.add(run.shallow(filter.apply(run, item, args.rest())));
            }
        }
        run.chargeItems(mapped.size());
        return Sequence.generator(mapped);
    }

    static Value select(Evaluation run, Value input, Args args, boolean keep) {
        List<Value> kept = new ArrayList<>();
        for (Value item : Python.items(run, input)) {
            if (holds(run, item, args) == keep) {
                kept.add(item);
            }
        }
        run.chargeItems(kept.size());
        return Sequence.generator(kept);
    }

    static Value selectAttribute(Evaluation run, Value input, Args args, boolean keep) {
        if (args.positional().isEmpty()) {
            throw run.fault("the filters 'selectattr' and 'rejectattr' need the name of an attribute");
        }
        List<Value> kept = new ArrayList<>();
        for (Value item : Python.items(run, input)) {
            Value attribute = path(run, item, args.positional().getFirst(), Optional.empty());
            if (holds(run, attribute, args.rest()) == keep) {
                kept.add(item);
            }
        }
        run.chargeItems(kept.size());
        return Sequence.generator(kept);
    }

    /// Whether the test named by the first argument holds; without one, whether the value is true.
    private static boolean holds(Evaluation run, Value value, Args args) {
        run.charge(2);
        if (args.positional().isEmpty()) {
            return Python.truth(value);
        }
        return Tests.named(run, name(run, args.positional().getFirst())).holds(run, value, args.rest());
    }

    private static String name(Evaluation run, Value value) {
        if (value instanceof Text text) {
            return text.chars();
        }
        throw run.fault("a filter or test is named by a string, not by " + Python.typeName(value));
    }

    /// Follows a dotted path of names and indices, such as `function.name` or `0.text`.
    static Value path(Evaluation run, Value start, Value path, Optional<Value> otherwise) {
        run.charge(2);
        if (!(path instanceof Text dotted)) {
            return orElse(Access.item(run, start, path), otherwise);
        }
        Value value = start;
        for (Text part : dotted.split(".", -1)) {
            boolean index = !part.isEmpty()
                    && part.chars().length() < 10
                    && part.chars().chars().allMatch(c -> c >= '0' && c <= '9');
            Value key = index ? new Value.Int(Long.parseLong(part.chars())) : part;
            value = orElse(Access.item(run, value, key), otherwise);
        }
        return value;
    }

    private static Value orElse(Value value, Optional<Value> otherwise) {
        return value instanceof Value.Undefined ? otherwise.orElse(value) : value;
    }
}

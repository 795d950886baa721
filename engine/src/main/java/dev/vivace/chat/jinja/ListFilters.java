package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Filters that go through a list, or measure it.
final class ListFilters {
    private ListFilters() {}

    static Value length(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'length'");
        run.charge(input instanceof Text text ? text.chars().length() / 64 : 1);
        return new Value.Int(Python.length(run, input));
    }

    static Value list(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'list'");
        List<Value> items = Python.items(run, input);
        run.chargeItems(items.size());
        return Sequence.list(items);
    }

    static Value first(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'first'");
        if (input instanceof Text text && !text.isEmpty()) {
            return text.slice(0, text.chars().offsetByCodePoints(0, 1));
        }
        List<Value> items = Python.items(run, input);
        return items.isEmpty() ? new Value.Undefined("there is no first item in an empty list") : items.getFirst();
    }

    static Value last(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'last'");
        if (input instanceof Text text && !text.isEmpty()) {
            int end = text.chars().length();
            return text.slice(text.chars().offsetByCodePoints(end, -1), end);
        }
        if (input instanceof Sequence items && items.kind() == Sequence.Kind.GENERATOR) {
            throw run.fault("a generator has no last item; put `| list` before `| last`");
        }
        List<Value> items = Python.items(run, input);
        return items.isEmpty() ? new Value.Undefined("there is no last item in an empty list") : items.getLast();
    }

    static Value reverse(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'reverse'");
        List<Value> items = Python.items(run, input).reversed();
        run.chargeItems(items.size());
        if (!(input instanceof Text)) {
            return Sequence.generator(items);
        }
        TextBuilder out = new TextBuilder();
        items.forEach(item -> out.append(Printer.str(run, item)));
        return out.text();
    }

    static Value join(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'join'", "d", "attribute");
        List<Value> parts = new ArrayList<>();
        for (Value item : Python.items(run, input)) {
            boolean direct = !bound.has(1) || bound.at(1) instanceof Value.None;
            parts.add(direct ? item : SelectFilters.path(run, item, bound.at(1), Optional.empty()));
        }
        return join(run, parts, Printer.str(run, bound.at(0, Text.EMPTY)));
    }

    static Text join(Evaluation run, List<Value> parts, Text separator) {
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < parts.size(); i++) {
            Text part = Printer.str(run, parts.get(i));
            run.chargeText((long) part.chars().length() + separator.chars().length() + 1);
            out.append(i > 0 ? separator : Text.EMPTY).append(part);
        }
        return out.text();
    }

    static Value items(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'items'");
        return switch (input) {
            case Value.Undefined undefined -> Sequence.generator(List.of());
            case Dict dict -> Sequence.generator(pairs(run, dict));
            default -> throw run.fault("the filter 'items' takes a map, not " + Python.typeName(input));
        };
    }

    /// The entries of a map as tuples.
    static List<Value> pairs(Evaluation run, Dict dict) {
        run.chargePieces(dict.size());
        List<Value> pairs = new ArrayList<>();
        for (Dict.Entry entry : dict.entries()) {
            pairs.add(Sequence.tuple(entry.key(), entry.value()));
        }
        return pairs;
    }

    static Value attr(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'attr'", "name");
        Value value = input instanceof Dict dict
                ? Methods.find(dict, bound.text(0).chars()).orElse(new Value.Undefined("a map has no such attribute"))
                : Access.attribute(run, input, bound.text(0).chars());
        return value;
    }

    static Value batch(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'batch'", "linecount", "fill_with");
        int size = (int) Math.clamp(bound.whole(0), 0, Evaluation.RANGE);
        if (size == 0) {
            throw run.fault("the filter 'batch' takes a size of at least 1");
        }
        List<Value> items = Python.items(run, input);
        run.chargePieces(items.size() + 1L);
        List<Value> rows = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            List<Value> row = new ArrayList<>(items.subList(from, Math.min(items.size(), from + size)));
            boolean filled = bound.has(1) && !(bound.at(1) instanceof Value.None);
            while (filled && row.size() < size) {
                run.chargeItems(1);
                row.add(bound.at(1));
            }
            rows.add(Sequence.list(row));
        }
        return Sequence.generator(rows);
    }
}

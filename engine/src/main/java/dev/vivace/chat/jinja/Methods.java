package dev.vivace.chat.jinja;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The methods of values. Those that would change a list or map are refused, as in Python's sandbox for templates.
final class Methods {
    private static final Set<String> CHANGE_LIST =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> CHANGE_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Methods() {}

    /// A method of strings, bound to one.
    static Optional<Value> find(Text text, String name) {
        TextMethods.Method method = TextMethods.ALL.get(name);
        if (method == null) {
            return Optional.empty();
        }
        return Optional.of(new Function(name, (run, args) -> {
            run.charge(text.chars().length());
            return method.call(run, text, args);
        }));
    }

    static Optional<Value> find(Sequence items, String name) {
        if (items.kind() == Sequence.Kind.LIST && CHANGE_LIST.contains(name)) {
            return refused("list", name, "join lists with '+'");
        }
        if (!items.indexed()) {
            return Optional.empty();
        }
        return switch (name) {
            case "count" ->
                method(name, (run, args) -> {
                    Value wanted = args.bind(run, "count()", "value").at(0);
                    return new Value.Int(items.items().stream()
                            .filter(item -> Python.equal(run, item, wanted))
                            .count());
                });
            case "index" ->
                method(name, (run, args) -> {
                    Value wanted = args.bind(run, "index()", "value").at(0);
                    for (int i = 0; i < items.items().size(); i++) {
                        if (Python.equal(run, items.items().get(i), wanted)) {
                            return new Value.Int(i);
                        }
                    }
                    throw run.fault("index() found no such item in a list of "
                            + items.items().size());
                });
            case "copy" -> method(name, (run, args) -> items);
            default -> Optional.empty();
        };
    }

    static Optional<Value> find(Dict dict, String name) {
        if (CHANGE_DICT.contains(name)) {
            return refused("map", name, "build a new one with 'dict(old, name=value)'");
        }
        return switch (name) {
            case "get" ->
                method(name, (run, args) -> {
                    Args.Bound bound = args.bind(run, "get()", "key", "default");
                    return dict.find(run, bound.at(0)).orElse(bound.at(1, Value.NONE));
                });
            case "items" -> view(name, run -> ListFilters.pairs(run, dict));
            case "keys" -> view(name, run -> dict.keys());
            case "values" ->
                view(name, run -> dict.entries().stream().map(Dict.Entry::value).toList());
            case "copy" -> method(name, (run, args) -> dict);
            default -> Optional.empty();
        };
    }

    private interface Contents {
        List<Value> of(Evaluation run);
    }

    private static Optional<Value> view(String name, Contents contents) {
        return method(name, (run, args) -> {
            args.none(run, name + "()");
            List<Value> items = contents.of(run);
            run.chargeItems(items.size());
            return new Sequence(Sequence.Kind.VIEW, items);
        });
    }

    private static Optional<Value> method(String name, Function.Body body) {
        return Optional.of(new Function(name, body));
    }

    private static Optional<Value> refused(String what, String name, String instead) {
        return Optional.of(
                new Value.Undefined("'" + name + "' would change a " + what + ", which a template cannot; " + instead));
    }
}

package dev.vivace.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The arguments of one call.
record Args(List<Value> positional, Map<String, Value> named) {
    static final Args NONE = new Args(List.of(), Map.of());

    /// Matches the arguments with the names of the parameters, in order; `what` is named in the error.
    Bound bind(Evaluation run, String what, String... parameters) {
        if (positional.size() > parameters.length) {
            throw run.fault(what + " takes at most " + parameters.length + " arguments, not " + positional.size());
        }
        List<String> known = List.of(parameters);
        for (String name : named.keySet()) {
            int at = known.indexOf(name);
            if (at < 0) {
                throw run.fault(what + " has no argument '" + name + "'; it takes " + String.join(", ", parameters));
            }
            if (at < positional.size()) {
                throw run.fault(what + " was given the argument '" + name + "' twice");
            }
        }
        return new Bound(run, what, this, known);
    }

    /// Refuses any argument.
    void none(Evaluation run, String what) {
        bind(run, what);
    }

    /// Without the first argument.
    Args rest() {
        return new Args(positional.subList(1, positional.size()), named);
    }

    /// Arguments matched with parameters, asked for by position.
    record Bound(Evaluation run, String what, Args args, List<String> parameters) {
        Optional<Value> find(int index) {
            return index < args.positional.size()
                    ? Optional.of(args.positional.get(index))
                    : Optional.ofNullable(args.named.get(parameters.get(index)));
        }

        boolean has(int index) {
            return find(index).isPresent();
        }

        Value at(int index) {
            return find(index)
                    .orElseThrow(() -> run.fault(what + " misses its argument '" + parameters.get(index) + "'"));
        }

        Value at(int index, Value otherwise) {
            return find(index).orElse(otherwise);
        }

        /// A text argument, or the one to take when it is missing.
        Text text(int index, String otherwise) {
            return has(index) ? text(index) : Text.of(otherwise);
        }

        Text text(int index) {
            if (at(index) instanceof Text text) {
                return text;
            }
            throw wrong(index, "a string");
        }

        long whole(int index, long otherwise) {
            return has(index) ? whole(index) : otherwise;
        }

        long whole(int index) {
            return switch (at(index)) {
                case Value.Int number -> number.value();
                case Value.Bool bool -> bool.value() ? 1 : 0;
                default -> throw wrong(index, "a whole number");
            };
        }

        boolean truth(int index, boolean otherwise) {
            return has(index) ? Python.truth(at(index)) : otherwise;
        }

        private RuntimeException wrong(int index, String expected) {
            return run.fault(what + " got " + Python.typeName(at(index)) + " for '" + parameters.get(index)
                    + "' where it takes " + expected);
        }
    }
}

package dev.vivace.chat.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// What Python means by truth, equality, order, membership and going through a value.
final class Python {
    private Python() {}

    /// The type's name for errors.
    static String typeName(Value value) {
        return switch (value) {
            case Value.Undefined undefined -> "undefined";
            case Value.None none -> "none";
            case Value.Bool bool -> "a boolean";
            case Value.Int number -> "an integer";
            case Value.Real real -> "a float";
            case Text text -> "a string";
            case Sequence items -> "a " + items.kind().label;
            case Dict dict -> "a map";
            case Namespace namespace -> "a namespace";
            case Function function -> "the function '" + function.name() + "'";
            case LoopState loop -> "the loop";
        };
    }

    static boolean truth(Value value) {
        return switch (value) {
            case Value.Undefined undefined -> false;
            case Value.None none -> false;
            case Value.Bool bool -> bool.value();
            case Value.Int number -> number.value() != 0;
            case Value.Real real -> real.value() != 0;
            case Text text -> !text.isEmpty();
            case Sequence items ->
                items.kind() == Sequence.Kind.GENERATOR || !items.items().isEmpty();
            case Dict dict -> dict.size() > 0;
            case Namespace namespace -> true;
            case Function function -> true;
            case LoopState loop -> true;
        };
    }

    static boolean equal(Evaluation run, Value a, Value b) {
        run.charge(1);
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return !Numbers.isNaN(a) && !Numbers.isNaN(b) && Numbers.compare(a, b) == 0;
        }
        if (a instanceof Text x && b instanceof Text y) {
            run.charge(Math.min(x.chars().length(), y.chars().length()) / 8);
            return x.chars().equals(y.chars());
        }
        if (a instanceof Sequence x && b instanceof Sequence y && x.kind() == y.kind() && x.indexed()) {
            return x.items().size() == y.items().size() && equalItems(run, x.items(), y.items());
        }
        if (a instanceof Dict x && b instanceof Dict y) {
            return x.size() == y.size() && equalEntries(run, x, y);
        }
        return a == b
                || (a instanceof Value.None && b instanceof Value.None)
                || (a instanceof Value.Undefined && b instanceof Value.Undefined);
    }

    private static boolean equalItems(Evaluation run, List<Value> a, List<Value> b) {
        Iterator<Value> other = b.iterator();
        for (Value item : a) {
            if (!equal(run, item, other.next())) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalEntries(Evaluation run, Dict a, Dict b) {
        for (Dict.Entry entry : a.entries()) {
            Optional<Value> other = b.find(run, entry.key());
            if (other.isEmpty() || !equal(run, entry.value(), other.get())) {
                return false;
            }
        }
        return true;
    }

    /// The order of two values: negative, zero or positive.
    static int order(Evaluation run, Value a, Value b) {
        run.charge(1);
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        }
        if (a instanceof Text x && b instanceof Text y) {
            run.charge(Math.min(x.chars().length(), y.chars().length()) / 8);
            return order(x.chars(), y.chars());
        }
        if (a instanceof Sequence x && b instanceof Sequence y && x.kind() == y.kind() && x.indexed()) {
            for (int i = 0; i < Math.min(x.items().size(), y.items().size()); i++) {
                if (!equal(run, x.items().get(i), y.items().get(i))) {
                    return order(run, x.items().get(i), y.items().get(i));
                }
            }
            return Integer.compare(x.items().size(), y.items().size());
        }
        throw run.fault(refusal(a, b).orElse("cannot order " + typeName(a) + " and " + typeName(b)));
    }

    /// Strings in the order of their code points, which is not that of UTF-16 above U+FFFF.
    private static int order(String a, String b) {
        for (int i = 0; i < Math.min(a.length(), b.length()); i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean high = Character.isSurrogate(x) != Character.isSurrogate(y);
                return high ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /// The sentence for an operator whose operand has no value.
    static Optional<String> refusal(Value a, Value b) {
        if (a instanceof Value.Undefined undefined) {
            return Optional.of(undefined.why());
        }
        return b instanceof Value.Undefined undefined ? Optional.of(undefined.why()) : Optional.empty();
    }

    /// `item in container`.
    static boolean contains(Evaluation run, Value container, Value item) {
        return switch (container) {
            case Text text
            when item instanceof Text part -> {
                run.chargeSearch(text.chars().length(), part.chars().length());
                yield text.chars().contains(part.chars());
            }
            case Text text ->
                throw run.fault(refusal(item, item)
                        .orElse("'in' a string of " + text.length() + " characters needs a string, not "
                                + typeName(item)));
            case Dict dict -> dict.find(run, item).isPresent();
            default -> items(run, container).stream().anyMatch(one -> equal(run, one, item));
        };
    }

    /// What a loop over the value goes through.
    static List<Value> items(Evaluation run, Value value) {
        return switch (value) {
            case Value.Undefined undefined -> List.of();
            case Text text -> {
                run.chargePieces(text.chars().length());
                yield List.copyOf(text.points());
            }
            case Sequence items -> items.take();
            case Dict dict -> {
                run.chargeItems(dict.size());
                yield dict.keys();
            }
            default -> throw run.fault("cannot go through the items of " + typeName(value));
        };
    }

    /// `len(value)`.
    static int length(Evaluation run, Value value) {
        return switch (value) {
            case Value.Undefined undefined -> 0;
            case Text text -> text.length();
            case Sequence items
            when items.kind() != Sequence.Kind.GENERATOR -> items.items().size();
            case Dict dict -> dict.size();
            default ->
                throw run.fault(typeName(value) + " has no length"
                        + (value instanceof Sequence ? "; put `| list` before `| length`" : ""));
        };
    }
}

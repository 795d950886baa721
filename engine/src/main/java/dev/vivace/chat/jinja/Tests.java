package dev.vivace.chat.jinja;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// The tests by name.
final class Tests {
    /// What stands behind `is`.
    interface Test {
        boolean holds(Evaluation run, Value value, Args args);
    }

    static final Map<String, Test> ALL = Map.ofEntries(
            entry("defined", plain(value -> !(value instanceof Value.Undefined))),
            entry("undefined", plain(Value.Undefined.class::isInstance)),
            entry("none", plain(Value.None.class::isInstance)),
            entry("boolean", plain(Value.Bool.class::isInstance)),
            entry("true", plain(value -> value.equals(Value.TRUE))),
            entry("false", plain(value -> value.equals(Value.FALSE))),
            entry("integer", plain(Value.Int.class::isInstance)),
            entry("float", plain(Value.Real.class::isInstance)),
            entry("number", plain(Numbers::isNumber)),
            entry("string", plain(Text.class::isInstance)),
            entry("mapping", plain(Dict.class::isInstance)),
            entry("callable", plain(Function.class::isInstance)),
            entry("iterable", plain(Tests::isIterable)),
            entry("sequence", plain(Tests::isSequence)),
            entry("escaped", plain(value -> false)),
            entry("lower", (run, value, args) -> isCase(run, value, args, Character::isUpperCase)),
            entry("upper", (run, value, args) -> isCase(run, value, args, Character::isLowerCase)),
            entry("odd", (run, value, args) -> rest(run, value, args, 2) == 1),
            entry("even", (run, value, args) -> rest(run, value, args, 2) == 0),
            entry("divisibleby", Tests::divisible),
            entry("in", (run, value, args) -> Python.contains(run, other(run, args), value)),
            entry("sameas", (run, value, args) -> same(value, other(run, args))),
            entry(
                    "filter",
                    (run, value, args) ->
                            Filters.ALL.containsKey(Printer.str(run, value).chars())),
            entry("test", (run, value, args) -> isTest(Printer.str(run, value).chars())),
            entry("eq", (run, value, args) -> Python.equal(run, value, other(run, args))),
            entry("equalto", (run, value, args) -> Python.equal(run, value, other(run, args))),
            entry("==", (run, value, args) -> Python.equal(run, value, other(run, args))),
            entry("ne", (run, value, args) -> !Python.equal(run, value, other(run, args))),
            entry("!=", (run, value, args) -> !Python.equal(run, value, other(run, args))),
            entry("gt", (run, value, args) -> order(run, value, args) > 0),
            entry("greaterthan", (run, value, args) -> order(run, value, args) > 0),
            entry(">", (run, value, args) -> order(run, value, args) > 0),
            entry("ge", (run, value, args) -> order(run, value, args) >= 0),
            entry(">=", (run, value, args) -> order(run, value, args) >= 0),
            entry("lt", (run, value, args) -> order(run, value, args) < 0),
            entry("lessthan", (run, value, args) -> order(run, value, args) < 0),
            entry("<", (run, value, args) -> order(run, value, args) < 0),
            entry("le", (run, value, args) -> order(run, value, args) <= 0),
            entry("<=", (run, value, args) -> order(run, value, args) <= 0));

    private Tests() {}

    /// A test that a value names.
    static Test named(Evaluation run, String name) {
        Test test = ALL.get(name);
        if (test == null) {
            throw run.fault("there is no test '" + name + "'");
        }
        return test;
    }

    private static Test plain(Predicate<Value> holds) {
        return (run, value, args) -> {
            args.none(run, "this test");
            return holds.test(value);
        };
    }

    private static Value other(Evaluation run, Args args) {
        return args.bind(run, "this test", "other").at(0);
    }

    private static boolean isTest(String name) {
        return ALL.containsKey(name);
    }

    private static int order(Evaluation run, Value value, Args args) {
        return Python.order(run, value, other(run, args));
    }

    private static boolean isIterable(Value value) {
        return value instanceof Text
                || value instanceof Sequence
                || value instanceof Dict
                || value instanceof Value.Undefined;
    }

    private static boolean isSequence(Value value) {
        return value instanceof Sequence items ? items.indexed() : isIterable(value);
    }

    /// Whether there are letters and none is of the `wrong` case.
    private static boolean isCase(Evaluation run, Value value, Args args, IntPredicate wrong) {
        args.none(run, "this test");
        return isCase(TextFilters.in(run, value).chars(), wrong);
    }

    static boolean isCase(String chars, IntPredicate wrong) {
        return chars.codePoints().noneMatch(point -> wrong.test(point) || Character.isTitleCase(point))
                && !chars.toUpperCase(Locale.ROOT).equals(chars.toLowerCase(Locale.ROOT));
    }

    private static double rest(Evaluation run, Value value, Args args, long divisor) {
        args.none(run, "this test");
        return Numbers.real(number(run, Numbers.apply(run, "%", number(run, value), new Value.Int(divisor))));
    }

    private static boolean divisible(Evaluation run, Value value, Args args) {
        Value rest = Numbers.apply(run, "%", number(run, value), number(run, other(run, args)));
        return Numbers.real(rest) == 0;
    }

    private static Value number(Evaluation run, Value value) {
        if (!Numbers.isNumber(value)) {
            throw run.fault(
                    Python.refusal(value, value).orElse("this test takes a number, not " + Python.typeName(value)));
        }
        return value;
    }

    /// Python's `is`: values that have no identity of their own are the same when type and content are.
    private static boolean same(Value a, Value b) {
        return switch (a) {
            case Text text -> b instanceof Text other && text.chars().equals(other.chars());
            case Value.Undefined undefined -> b == a;
            case Value.None none -> b instanceof Value.None;
            case Value.Bool bool -> bool.equals(b);
            case Value.Int number -> number.equals(b);
            case Value.Real real -> real.equals(b);
            default -> a == b;
        };
    }
}

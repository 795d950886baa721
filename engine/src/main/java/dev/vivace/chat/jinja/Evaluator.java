package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives expressions their values.
final class Evaluator {
    private final Evaluation run;

    Evaluator(Evaluation run) {
        this.run = run;
    }

    Value value(Expr expr, Scope scope) {
        run.enter();
        run.at(expr.line());
        Value value = switch (expr) {
            case Expr.Constant constant -> constant.value();
            case Expr.Name name ->
                scope.find(name.name()).orElseGet(() -> new Value.Undefined("'" + name.name() + "' is undefined"));
            case Expr.Series series -> series(series, scope);
            case Expr.Mapping mapping -> mapping(mapping, scope);
            case Expr.Attribute attribute -> Access.attribute(run, value(attribute.target(), scope), attribute.name());
            case Expr.Item item -> Access.item(run, value(item.target(), scope), value(item.index(), scope));
            case Expr.Slice slice -> slice(slice, scope);
            case Expr.Call call -> call(call, scope, Map.of());
            case Expr.Filtered filtered ->
                filter(filtered, value(filtered.value().orElseThrow(), scope), scope);
            case Expr.Tested tested -> test(tested, scope);
            case Expr.Not not -> Value.of(!Python.truth(value(not.value(), scope)));
            case Expr.Signed signed -> Numbers.signed(run, signed.minus(), value(signed.value(), scope));
            case Expr.Arithmetic sum -> arithmetic(sum, scope);
            case Expr.Joined joined -> joined(joined, scope);
            case Expr.Comparison comparison -> comparison(comparison, scope);
            case Expr.Logical logical -> {
                Value left = value(logical.left(), scope);
                yield Python.truth(left) == logical.and() ? value(logical.right(), scope) : left;
            }
            case Expr.Conditional choice -> conditional(choice, scope);
        };
        run.at(expr.line());
        run.leave();
        return value;
    }

    private Value series(Expr.Series series, Scope scope) {
        List<Value> items = new ArrayList<>();
        for (Expr item : series.items()) {
            items.add(value(item, scope));
        }
        run.chargeItems(items.size());
        return run.shallow(new Sequence(series.tuple() ? Sequence.Kind.TUPLE : Sequence.Kind.LIST, items));
    }

    private Value mapping(Expr.Mapping mapping, Scope scope) {
        Dict dict = new Dict();
        for (int i = 0; i < mapping.keys().size(); i++) {
            dict.put(
                    run,
                    value(mapping.keys().get(i), scope),
                    value(mapping.values().get(i), scope));
        }
        return run.shallow(dict);
    }

    private Value slice(Expr.Slice slice, Scope scope) {
        Value target = value(slice.target(), scope);
        Value from = optional(slice.from(), scope);
        Value to = optional(slice.to(), scope);
        return Access.slice(run, target, from, to, optional(slice.step(), scope));
    }

    private Value optional(Optional<Expr> expr, Scope scope) {
        return expr.isPresent() ? value(expr.get(), scope) : Value.NONE;
    }

    /// A call, with `extra` named arguments beside the written ones.
    Value call(Expr.Call call, Scope scope, Map<String, Value> extra) {
        Value target = value(call.target(), scope);
        Args args = arguments(call.arguments(), scope, extra);
        run.at(call.line());
        return switch (target) {
            case Function function -> run.shallow(function.body().call(run, args));
            case Value.Undefined undefined -> throw run.fault(undefined.why());
            default -> throw run.fault(Python.typeName(target) + " cannot be called");
        };
    }

    private Args arguments(Expr.Arguments arguments, Scope scope, Map<String, Value> extra) {
        if (arguments == Expr.Arguments.NONE && extra.isEmpty()) {
            return Args.NONE;
        }
        List<Value> positional = new ArrayList<>();
        for (Expr expr : arguments.positional()) {
            positional.add(value(expr, scope));
        }
        if (arguments.spreadList().isPresent()) {
            List<Value> spread = Python.items(run, value(arguments.spreadList().get(), scope));
            run.chargeItems(spread.size());
            positional.addAll(spread);
        }
        Map<String, Value> named = new LinkedHashMap<>(extra);
        for (int i = 0; i < arguments.names().size(); i++) {
            named.put(arguments.names().get(i), value(arguments.named().get(i), scope));
        }
        if (arguments.spreadMap().isPresent()) {
            Value spread = value(arguments.spreadMap().get(), scope);
            if (!(spread instanceof Dict dict)) {
                throw run.fault("'**' in a call takes a map, not " + Python.typeName(spread));
            }
            run.chargeItems(dict.size());
            dict.entries()
                    .forEach(entry -> named.put(Printer.str(run, entry.key()).chars(), entry.value()));
        }
        return new Args(positional, named);
    }

    /// Applies a filter, and those before it in a chain without a value, to `input`.
    Value filter(Expr.Filtered filtered, Value input, Scope scope) {
        Args args = arguments(filtered.arguments(), scope, Map.of());
        run.at(filtered.line());
        return run.shallow(Filters.named(run, filtered.filter()).apply(run, input, args));
    }

    /// Applies the filters of a filter block to its text.
    Value filterBody(Expr filters, Text body, Scope scope) {
        if (!(filters instanceof Expr.Filtered filtered)) {
            throw run.fault("a block takes filters only");
        }
        run.enter();
        Value input = filtered.value().isPresent() ? filterBody(filtered.value().get(), body, scope) : body;
        run.leave();
        return filter(filtered, input, scope);
    }

    private Value test(Expr.Tested tested, Scope scope) {
        Value input = value(tested.value(), scope);
        Args args = arguments(tested.arguments(), scope, Map.of());
        run.at(tested.line());
        return Value.of(Tests.named(run, tested.test()).holds(run, input, args));
    }

    private Value arithmetic(Expr.Arithmetic sum, Scope scope) {
        Value left = value(sum.left(), scope);
        Value right = value(sum.right(), scope);
        run.at(sum.line());
        return run.shallow(Numbers.apply(run, sum.operator(), left, right));
    }

    private Value joined(Expr.Joined joined, Scope scope) {
        TextBuilder out = new TextBuilder();
        for (Expr part : joined.parts()) {
            Text text = Printer.str(run, value(part, scope));
            run.chargeText(text.chars().length());
            out.append(text);
        }
        return out.text();
    }

    private Value comparison(Expr.Comparison comparison, Scope scope) {
        Value left = value(comparison.first(), scope);
        for (int i = 0; i < comparison.others().size(); i++) {
            Value right = value(comparison.others().get(i), scope);
            run.at(comparison.line());
            if (!compare(comparison.operators().get(i), left, right)) {
                return Value.FALSE;
            }
            left = right;
        }
        return Value.TRUE;
    }

    private boolean compare(String operator, Value left, Value right) {
        return switch (operator) {
            case "==" -> Python.equal(run, left, right);
            case "!=" -> !Python.equal(run, left, right);
            case "in" -> Python.contains(run, right, left);
            case "not in" -> !Python.contains(run, right, left);
            default -> {
                int order = Python.order(run, left, right);
                boolean holds = switch (operator) {
                    case "<" -> order < 0;
                    case "<=" -> order <= 0;
                    case ">" -> order > 0;
                    default -> order >= 0;
                };
                yield holds && !Numbers.isNaN(left) && !Numbers.isNaN(right);
            }
        };
    }

    private Value conditional(Expr.Conditional choice, Scope scope) {
        if (Python.truth(value(choice.test(), scope))) {
            return value(choice.yes(), scope);
        }
        return choice.no().isPresent()
                ? value(choice.no().get(), scope)
                : new Value.Undefined("an inline 'if' without 'else' has no value here");
    }
}

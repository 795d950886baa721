package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Carries out statements and writes their text.
final class Renderer {
    /// How a body was left.
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private final Evaluation run;
    private final Evaluator evaluator;

    Renderer(Evaluation run) {
        this.run = run;
        this.evaluator = new Evaluator(run);
    }

    /// The text of a body in a scope of its own.
    Text text(List<Stmt> body, Scope scope) {
        TextBuilder out = new TextBuilder();
        body(body, scope, out);
        return out.text();
    }

    private Flow body(List<Stmt> body, Scope scope, TextBuilder out) {
        run.enter();
        Flow flow = Flow.ON;
        for (int i = 0; i < body.size() && flow == Flow.ON; i++) {
            run.at(body.get(i).line());
            flow = statement(body.get(i), scope, out);
        }
        run.leave();
        return flow;
    }

    private Flow statement(Stmt stmt, Scope scope, TextBuilder out) {
        switch (stmt) {
            case Stmt.Data data -> write(data.text(), out);
            case Stmt.Print print -> write(Printer.str(run, evaluator.value(print.value(), scope)), out);
            case Stmt.If branches -> {
                return condition(branches, scope, out);
            }
            case Stmt.For loop -> {
                return loop(loop, scope, out);
            }
            case Stmt.Assign set -> assign(set.target(), evaluator.value(set.value(), scope), scope);
            case Stmt.Capture set -> {
                Text text = text(set.body(), new Scope(scope));
                Value value = set.filters().isPresent()
                        ? evaluator.filterBody(set.filters().get(), text, scope)
                        : text;
                assign(set.target(), value, scope);
            }
            case Stmt.MacroDefinition macro ->
                scope.set(macro.name(), macro(macro.name(), macro.signature(), macro.body(), scope));
            case Stmt.CallBlock block -> {
                Function caller = macro("caller", block.signature(), block.body(), scope);
                write(Printer.str(run, evaluator.call(block.call(), scope, Map.of("caller", caller))), out);
            }
            case Stmt.FilterBlock block -> {
                Text text = text(block.body(), new Scope(scope));
                write(Printer.str(run, evaluator.filterBody(block.filters(), text, scope)), out);
            }
            case Stmt.With with -> {
                Scope inner = new Scope(scope);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluator.value(with.values().get(i), scope), inner);
                }
                return body(with.body(), inner, out);
            }
            case Stmt.Jump jump -> {
                return jump.leaves() ? Flow.BREAK : Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private void write(Text text, TextBuilder out) {
        run.chargeText(text.chars().length());
        out.append(text);
    }

    private Flow condition(Stmt.If branches, Scope scope, TextBuilder out) {
        for (int i = 0; i < branches.tests().size(); i++) {
            if (Python.truth(evaluator.value(branches.tests().get(i), scope))) {
                return body(branches.bodies().get(i), scope, out);
            }
        }
        return body(branches.otherwise(), scope, out);
    }

    private Flow loop(Stmt.For loop, Scope scope, TextBuilder out) {
        List<Value> items = Python.items(run, evaluator.value(loop.items(), scope));
        if (loop.filter().isPresent()) {
            items = filtered(loop, loop.filter().get(), items, scope);
        }
        if (items.isEmpty()) {
            return body(loop.otherwise(), new Scope(scope), out);
        }
        LoopState state = new LoopState(items);
        for (int i = 0; i < items.size(); i++) {
            state.moveTo(i);
            Scope inner = new Scope(scope);
            assign(loop.target(), items.get(i), inner);
            inner.set("loop", state);
            if (body(loop.body(), inner, out) == Flow.BREAK) {
                break;
            }
        }
        return Flow.ON;
    }

    private List<Value> filtered(Stmt.For loop, Expr filter, List<Value> items, Scope scope) {
        List<Value> kept = new ArrayList<>();
        for (Value item : items) {
            Scope inner = new Scope(scope);
            assign(loop.target(), item, inner);
            if (Python.truth(evaluator.value(filter, inner))) {
                kept.add(item);
            }
        }
        run.chargeItems(kept.size());
        return kept;
    }

    private void assign(Stmt.Target target, Value value, Scope scope) {
        switch (target) {
            case Stmt.NameTarget name -> scope.set(name.name(), value);
            case Stmt.AttributeTarget place -> {
                Optional<Value> namespace = scope.find(place.namespace());
                if (namespace.isEmpty() || !(namespace.get() instanceof Namespace attributes)) {
                    throw run.fault("attributes can be set on a namespace only, and '" + place.namespace() + "' is "
                            + namespace.map(Python::typeName).orElse("undefined"));
                }
                run.charge(8);
                attributes.attributes().put(place.attribute(), value);
            }
            case Stmt.TupleTarget tuple -> {
                List<Value> items = Python.items(run, value);
                if (items.size() != tuple.targets().size()) {
                    throw run.fault(items.size() + " values cannot be shared among "
                            + tuple.targets().size() + " variables");
                }
                for (int i = 0; i < items.size(); i++) {
                    assign(tuple.targets().get(i), items.get(i), scope);
                }
            }
        }
    }

    private Function macro(String name, Stmt.Signature signature, List<Stmt> body, Scope home) {
        return new Function(name, (ignored, args) -> {
            Scope scope = new Scope(home);
            int line = run.line();
            // A macro takes more of the thread's stack than an expression does.
            run.enter();
            bind(name, signature, args, scope);
            Text text = text(body, scope);
            run.leave();
            run.at(line);
            return text;
        });
    }

    private void bind(String name, Stmt.Signature signature, Args args, Scope scope) {
        List<String> names = signature.names();
        List<Value> positional = args.positional();
        if (positional.size() > names.size() && !signature.more()) {
            throw run.fault(
                    "the macro '" + name + "' takes at most " + names.size() + " arguments, not " + positional.size());
        }
        Dict others = new Dict();
        args.named().forEach((key, value) -> {
            int at = names.indexOf(key);
            if (at >= 0 && at < positional.size()) {
                throw run.fault("the macro '" + name + "' was given the argument '" + key + "' twice");
            } else if (key.equals("caller") && at < 0 && signature.caller()) {
                scope.set(key, value);
            } else if (at < 0 && !signature.moreNamed()) {
                throw run.fault("the macro '" + name + "' has no argument '" + key + "'");
            } else if (at < 0) {
                others.put(run, Text.of(key), value);
            }
        });
        if (signature.more()) {
            int named = Math.min(names.size(), positional.size());
            scope.set(
                    "varargs",
                    run.shallow(new Sequence(Sequence.Kind.TUPLE, positional.subList(named, positional.size()))));
        }
        if (signature.moreNamed()) {
            scope.set("kwargs", run.shallow(others));
        }
        int required = names.size() - signature.defaults().size();
        for (int i = 0; i < names.size(); i++) {
            Value given =
                    i < positional.size() ? positional.get(i) : args.named().get(names.get(i));
            if (given == null && i >= required) {
                given = evaluator.value(signature.defaults().get(i - required), scope);
            }
            scope.set(
                    names.get(i),
                    given != null ? given : new Value.Undefined("the argument '" + names.get(i) + "' was not given"));
        }
    }
}

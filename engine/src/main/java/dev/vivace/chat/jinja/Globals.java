package dev.vivace.chat.jinja;

import dev.vivace.OptionException;
import java.util.ArrayList;
import java.util.List;

/// The functions that every chat template may call.
final class Globals {
    private Globals() {}

    static void define(Scope scope) {
        define(scope, "range", Globals::range);
        define(scope, "dict", Globals::dict);
        define(scope, "namespace", Globals::namespace);
        define(scope, "raise_exception", Globals::raise);
        define(scope, "strftime_now", Globals::now);
    }

    private static void define(Scope scope, String name, Function.Body body) {
        scope.set(name, new Function(name, body));
    }

    private static Value range(Evaluation run, Args args) {
        int given = args.positional().size();
        Args.Bound bound = args.bind(run, "range()", "start", "stop", "step");
        long from = given > 1 ? bound.whole(0) : 0;
        long to = bound.whole(given > 1 ? 1 : 0);
        long step = bound.whole(2, 1);
        if (step == 0) {
            throw run.fault("range() cannot have the step 0");
        }
        List<Value> items = new ArrayList<>();
        long left = Evaluation.RANGE;
        for (long at = from; step > 0 ? at < to : at > to; ) {
            if (--left < 0) {
                throw run.fault("range() gives more than the limit of " + Evaluation.RANGE + " numbers");
            }
            run.chargeItems(1);
            items.add(new Value.Int(at));
            long next = at + step;
            if (step > 0 ? next < at : next > at) {
                break;
            }
            at = next;
        }
        return new Sequence(Sequence.Kind.RANGE, items);
    }

    private static Value dict(Evaluation run, Args args) {
        Dict dict = new Dict();
        if (args.positional().size() > 1) {
            throw run.fault("dict() takes at most one map before its named arguments");
        }
        if (!args.positional().isEmpty()) {
            Value first = args.positional().getFirst();
            if (first instanceof Dict old) {
                run.chargePieces(old.size());
                old.entries().forEach(entry -> dict.put(run, entry.key(), entry.value()));
            } else {
                pairs(run, first, dict);
            }
        }
        args.named().forEach((name, value) -> dict.put(run, Text.of(name), value));
        return dict;
    }

    private static void pairs(Evaluation run, Value source, Dict dict) {
        for (Value item : Python.items(run, source)) {
            List<Value> pair = Python.items(run, item);
            if (pair.size() != 2) {
                throw run.fault("dict() takes a map or pairs, not an item of " + pair.size() + " values");
            }
            run.chargePieces(1);
            dict.put(run, pair.get(0), pair.get(1));
        }
    }

    private static Value namespace(Evaluation run, Args args) {
        Namespace namespace = new Namespace();
        if (dict(run, args) instanceof Dict start) {
            start.entries()
                    .forEach(entry -> namespace
                            .attributes()
                            .put(Printer.str(run, entry.key()).chars(), entry.value()));
        }
        return namespace;
    }

    private static Value raise(Evaluation run, Args args) {
        Text message =
                Printer.str(run, args.bind(run, "raise_exception()", "message").at(0));
        throw new OptionException(
                "The chat template refuses this conversation (line " + run.line() + "): " + message.chars());
    }

    private static Value now(Evaluation run, Args args) {
        Text format = args.bind(run, "strftime_now()", "format").text(0);
        run.charge(16L * format.chars().length());
        return Text.of(Strftime.format(run, format.chars()), format.marked());
    }
}

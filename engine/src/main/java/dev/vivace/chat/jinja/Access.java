package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/// How a template reaches into a value: `value.name`, `value[index]` and `value[from:to:step]`.
final class Access {
    private Access() {}

    /// `target.name`: a method or attribute, else an entry of that name.
    static Value attribute(Evaluation run, Value target, String name) {
        Value method = member(run, target, name);
        return method instanceof Value.Undefined && target instanceof Dict dict
                ? dict.find(name).orElse(method)
                : method;
    }

    private static Value member(Evaluation run, Value target, String name) {
        return switch (target) {
            case Value.Undefined undefined -> throw run.fault(undefined.why());
            case Namespace namespace -> namespace.attributes().getOrDefault(name, missing(target, name));
            case LoopState loop -> loop.attribute(name);
            case Text text -> Methods.find(text, name).orElse(missing(target, name));
            case Dict dict -> Methods.find(dict, name).orElse(missing(target, name));
            case Sequence items -> Methods.find(items, name).orElse(missing(target, name));
            default -> missing(target, name);
        };
    }

    private static Value missing(Value target, String name) {
        return new Value.Undefined(Python.typeName(target) + " has no '" + name + "'");
    }

    /// `target[index]`: an entry, else a method or attribute of that name.
    static Value item(Evaluation run, Value target, Value index) {
        if (index instanceof Value.Undefined undefined && !(target instanceof Dict)) {
            throw run.fault(undefined.why());
        }
        return switch (target) {
            case Value.Undefined undefined -> throw run.fault(undefined.why());
            case Dict dict ->
                dict.find(run, index)
                        .orElseGet(() -> index instanceof Text name
                                ? member(run, dict, name.chars())
                                : new Value.Undefined("the map has no such entry"));
            case Text text
            when isIndex(index) -> {
                run.charge(text.chars().length() / 64);
                int length = text.length();
                long at = wrap(index, length);
                if (at < 0 || at >= length) {
                    yield new Value.Undefined("a string of " + length + " characters has no such index");
                }
                int from = text.chars().offsetByCodePoints(0, (int) at);
                yield text.slice(from, text.chars().offsetByCodePoints(from, 1));
            }
            case Sequence items
            when isIndex(index) && items.indexed() -> {
                int size = items.items().size();
                long at = wrap(index, size);
                yield at < 0 || at >= size
                        ? new Value.Undefined("a " + items.kind().label + " of " + size + " items has no such index")
                        : items.items().get((int) at);
            }
            default ->
                index instanceof Text name
                        ? member(run, target, name.chars())
                        : new Value.Undefined(Python.typeName(target) + " has no items");
        };
    }

    private static boolean isIndex(Value index) {
        return index instanceof Value.Int || index instanceof Value.Bool;
    }

    private static long wrap(Value index, int length) {
        long at = (long) Numbers.real(index);
        return at < 0 ? at + length : at;
    }

    /// `target[from:to:step]`; a missing bound is none.
    static Value slice(Evaluation run, Value target, Value from, Value to, Value step) {
        long stride = bound(run, step, 1);
        if (stride == 0) {
            throw run.fault("a slice cannot have the step 0");
        }
        return switch (target) {
            case Value.Undefined undefined -> throw run.fault(undefined.why());
            case Text text -> sliceText(run, text, from, to, stride);
            case Sequence items
            when items.indexed() -> {
                List<Value> picked = new ArrayList<>();
                long end = end(run, to, items.items().size(), stride);
                long at = start(run, from, items.items().size(), stride);
                for (; stride > 0 ? at < end : at > end; at += stride) {
                    picked.add(items.items().get((int) at));
                }
                run.chargeItems(picked.size());
                yield new Sequence(items.kind(), picked);
            }
            default -> throw run.fault("cannot take a slice of " + Python.typeName(target));
        };
    }

    private static Text sliceText(Evaluation run, Text text, Value from, Value to, long stride) {
        run.chargeText(text.chars().length());
        int length = text.length();
        long at = start(run, from, length, stride);
        long end = end(run, to, length, stride);
        if (stride == 1) {
            if (at >= end) {
                return Text.EMPTY;
            }
            int first = text.chars().offsetByCodePoints(0, (int) at);
            return text.slice(first, text.chars().offsetByCodePoints(first, (int) (end - at)));
        }
        run.chargePieces(length);
        List<Text> points = text.points();
        TextBuilder out = new TextBuilder();
        for (; stride > 0 ? at < end : at > end; at += stride) {
            out.append(points.get((int) at));
        }
        return out.text();
    }

    private static long start(Evaluation run, Value from, int length, long stride) {
        return clamp(bound(run, from, stride > 0 ? 0 : length - 1), from, length, stride);
    }

    private static long end(Evaluation run, Value to, int length, long stride) {
        return to instanceof Value.None ? (stride > 0 ? length : -1) : clamp(bound(run, to, 0), to, length, stride);
    }

    private static long clamp(long bound, Value given, int length, long stride) {
        long at = bound < 0 && !(given instanceof Value.None) ? bound + length : bound;
        return stride > 0 ? Math.clamp(at, 0, length) : Math.clamp(at, -1, length - 1);
    }

    private static long bound(Evaluation run, Value value, long otherwise) {
        return switch (value) {
            case Value.None none -> otherwise;
            // Anything beyond is clamped anyway, and sums of such numbers cannot overflow.
            case Value.Int number -> Math.clamp(number.value(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case Value.Bool bool -> bool.value() ? 1 : 0;
            case Value.Undefined undefined -> throw run.fault(undefined.why());
            default -> throw run.fault("a slice takes whole numbers, not " + Python.typeName(value));
        };
    }
}

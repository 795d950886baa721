package dev.vivace.chat.jinja;

import java.util.List;
import java.util.Optional;

/// The variable `loop` inside a for statement.
final class LoopState implements Value {
    private final List<Value> items;
    private int index;
    private Optional<Value> changed = Optional.empty();

    LoopState(List<Value> items) {
        this.items = items;
    }

    void moveTo(int newIndex) {
        index = newIndex;
    }

    /// `loop.name`.
    Value attribute(String name) {
        int count = items.size();
        return switch (name) {
            case "index" -> new Int(index + 1L);
            case "index0" -> new Int(index);
            case "revindex" -> new Int(count - (long) index);
            case "revindex0" -> new Int(count - index - 1L);
            case "first" -> Value.of(index == 0);
            case "last" -> Value.of(index == count - 1);
            case "length" -> new Int(count);
            // Only recursive loops, which are not supported, would go deeper.
            case "depth" -> new Int(1);
            case "depth0" -> new Int(0);
            case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index + 1 < count ? items.get(index + 1) : new Undefined("there is no next item");
            case "cycle" -> new Function("loop.cycle", (run, args) -> cycle(run, args));
            case "changed" -> new Function("loop.changed", (run, args) -> changed(run, args));
            default -> new Undefined("the loop has no '" + name + "'");
        };
    }

    private Value cycle(Evaluation run, Args args) {
        if (args.positional().isEmpty()) {
            throw run.fault("loop.cycle() needs at least one value");
        }
        return args.positional().get(index % args.positional().size());
    }

    private Value changed(Evaluation run, Args args) {
        Value now = new Sequence(Sequence.Kind.TUPLE, args.positional());
        boolean same = changed.filter(before -> Python.equal(run, before, now)).isPresent();
        changed = Optional.of(now);
        return Value.of(!same);
    }
}

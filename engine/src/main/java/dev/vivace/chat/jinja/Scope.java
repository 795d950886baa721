package dev.vivace.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The variables of one block: reading looks outwards, setting stays inside.
final class Scope {
    private final Map<String, Value> variables = new HashMap<>();
    private final @Nullable Scope outer;

    /// The outermost scope.
    Scope() {
        this.outer = null;
    }

    /// A scope inside another.
    Scope(Scope outer) {
        this.outer = outer;
    }

    void set(String name, Value value) {
        variables.put(name, value);
    }

    Optional<Value> find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.variables.get(name);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}

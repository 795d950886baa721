package dev.vivace.chat.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/// What `namespace(...)` makes: the one thing in a template whose attributes can be set.
final class Namespace implements Value {
    private final Map<String, Value> attributes = new LinkedHashMap<>();

    Map<String, Value> attributes() {
        return attributes;
    }
}

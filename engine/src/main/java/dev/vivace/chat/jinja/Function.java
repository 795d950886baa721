package dev.vivace.chat.jinja;

/// Something that can be called: a built-in function, a method bound to its value, or a macro.
record Function(String name, Body body) implements Value {
    /// What a call does.
    interface Body {
        Value call(Evaluation run, Args args);
    }
}

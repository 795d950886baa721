package dev.vivace.chat.jinja;

/// What an expression of the template language can be.
sealed interface Value
        permits Value.Undefined,
                Value.None,
                Value.Bool,
                Value.Int,
                Value.Real,
                Text,
                Sequence,
                Dict,
                Namespace,
                Function,
                LoopState {
    None NONE = new None();
    Bool TRUE = new Bool(true);
    Bool FALSE = new Bool(false);

    static Bool of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /// How deep lists and maps nest in it; texts and numbers have 0.
    default int depth() {
        return 0;
    }

    /// What a name or key without a value gives; `why` says which, for the error when it is used.
    record Undefined(String why) implements Value {}

    /// Python's None.
    record None() implements Value {}

    /// True or False.
    record Bool(boolean value) implements Value {}

    /// A whole number; Python's have no limit, ours have 64 bits and say so when they do not do.
    record Int(long value) implements Value {}

    /// A floating-point number.
    record Real(double value) implements Value {}
}

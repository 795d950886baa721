package dev.vivace.chat.jinja;

import java.util.List;
import java.util.Optional;

/// A statement of the template language, with the line where it stands.
sealed interface Stmt {
    int line();

    /// Words that are written as they are.
    record Data(Text text, int line) implements Stmt {}

    /// `{{ value }}`.
    record Print(Expr value, int line) implements Stmt {}

    /// `{% if %}` with its `elif` branches and its `else`.
    record If(List<Expr> tests, List<List<Stmt>> bodies, List<Stmt> otherwise, int line) implements Stmt {}

    /// `{% for target in items if filter %}`.
    record For(Target target, Expr items, Optional<Expr> filter, List<Stmt> body, List<Stmt> otherwise, int line)
            implements Stmt {}

    /// `{% set target = value %}`.
    record Assign(Target target, Expr value, int line) implements Stmt {}

    /// `{% set target | filters %}…{% endset %}`.
    record Capture(Target target, Optional<Expr> filters, List<Stmt> body, int line) implements Stmt {}

    /// `{% macro name(signature) %}`.
    record MacroDefinition(String name, Signature signature, List<Stmt> body, int line) implements Stmt {}

    /// `{% call(signature) macro(…) %}`.
    record CallBlock(Signature signature, Expr.Call call, List<Stmt> body, int line) implements Stmt {}

    /// `{% filter name %}`.
    record FilterBlock(Expr filters, List<Stmt> body, int line) implements Stmt {}

    /// `{% with a = b %}`, and `{% generation %}`, which has no targets.
    record With(List<Target> targets, List<Expr> values, List<Stmt> body, int line) implements Stmt {}

    /// `{% break %}`, or `{% continue %}`.
    record Jump(boolean leaves, int line) implements Stmt {}

    /// Where a value can go.
    sealed interface Target {}

    /// A variable.
    record NameTarget(String name) implements Target {}

    /// An attribute of a namespace.
    record AttributeTarget(String namespace, String attribute) implements Target {}

    /// Several targets that share a list.
    record TupleTarget(List<Target> targets) implements Target {}

    /// The parameters of a macro; those at the end may have defaults. `more` and `moreNamed` say whether the
    /// body takes
    /// further arguments through `varargs` and `kwargs`.
    record Signature(List<String> names, List<Expr> defaults, boolean more, boolean moreNamed, boolean caller) {}
}

package dev.vivace.chat.jinja;

import java.util.List;
import java.util.Optional;

/// An expression of the template language, with the line where it stands.
sealed interface Expr {
    int line();

    /// A number, string, boolean or none.
    record Constant(Value value, int line) implements Expr {}

    /// A variable.
    record Name(String name, int line) implements Expr {}

    /// `[a, b]`, or `(a, b)`.
    record Series(boolean tuple, List<Expr> items, int line) implements Expr {}

    /// `{a: b}`.
    record Mapping(List<Expr> keys, List<Expr> values, int line) implements Expr {}

    /// `target.name`.
    record Attribute(Expr target, String name, int line) implements Expr {}

    /// `target[index]`.
    record Item(Expr target, Expr index, int line) implements Expr {}

    /// `target[from:to:step]`.
    record Slice(Expr target, Optional<Expr> from, Optional<Expr> to, Optional<Expr> step, int line) implements Expr {}

    /// `target(arguments)`.
    record Call(Expr target, Arguments arguments, int line) implements Expr {}

    /// `value | filter(arguments)`; without a value inside a filter block.
    record Filtered(Optional<Expr> value, String filter, Arguments arguments, int line) implements Expr {}

    /// `value is test(arguments)`.
    record Tested(Expr value, String test, Arguments arguments, int line) implements Expr {}

    /// `not value`.
    record Not(Expr value, int line) implements Expr {}

    /// `-value`, or `+value`.
    record Signed(boolean minus, Expr value, int line) implements Expr {}

    /// `left operator right` for arithmetic.
    record Arithmetic(String operator, Expr left, Expr right, int line) implements Expr {}

    /// `a ~ b ~ c`.
    record Joined(List<Expr> parts, int line) implements Expr {}

    /// `first < second <= third`, as many as are written.
    record Comparison(Expr first, List<String> operators, List<Expr> others, int line) implements Expr {}

    /// `left and right`, or `left or right`.
    record Logical(boolean and, Expr left, Expr right, int line) implements Expr {}

    /// `yes if test else no`.
    record Conditional(Expr test, Expr yes, Optional<Expr> no, int line) implements Expr {}

    /// What stands between the parentheses of a call.
    record Arguments(
            List<Expr> positional,
            List<String> names,
            List<Expr> named,
            Optional<Expr> spreadList,
            Optional<Expr> spreadMap) {
        static final Arguments NONE =
                new Arguments(List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());
    }
}

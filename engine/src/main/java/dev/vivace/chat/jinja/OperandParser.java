package dev.vivace.chat.jinja;

import dev.vivace.UnsupportedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Parses what operators stand between: names, literals, brackets, and the subscripts, calls, filters and tests
/// behind
/// them.
final class OperandParser {
    private final Tokens tokens;
    private final ExprParser operators;
    private final Set<String> names = new HashSet<>();

    OperandParser(Tokens tokens, ExprParser operators) {
        this.tokens = tokens;
        this.operators = operators;
    }

    /// The variables read so far; the parser of a macro clears and keeps them.
    Set<String> names() {
        return names;
    }

    /// A name, a literal or something in brackets.
    Expr primary() {
        Token token = tokens.now();
        int line = token.line();
        return switch (token.kind()) {
            case NAME -> name(tokens.next());
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.now().kind() == Token.Kind.STRING) {
                    text.append(tokens.next().text());
                }
                yield new Expr.Constant(Text.of(text.toString()), line);
            }
            case INTEGER -> new Expr.Constant(whole(tokens.next()), line);
            case FLOAT ->
                new Expr.Constant(
                        new Value.Real(Double.parseDouble(tokens.next().text())), line);
            default -> {
                if (tokens.skip("(")) {
                    Expr inner = tokens.now().is(")") ? new Expr.Series(true, List.of(), line) : operators.series(true);
                    tokens.expect(")");
                    yield inner;
                }
                if (tokens.skip("[")) {
                    yield list(line);
                }
                if (tokens.skip("{")) {
                    yield mapping(line);
                }
                throw tokens.fault("expected an expression but found " + token.described());
            }
        };
    }

    private Expr name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expr.Constant(Value.TRUE, token.line());
            case "false", "False" -> new Expr.Constant(Value.FALSE, token.line());
            case "none", "None" -> new Expr.Constant(Value.NONE, token.line());
            default -> {
                names.add(token.text());
                yield new Expr.Name(token.text(), token.line());
            }
        };
    }

    private Value whole(Token token) {
        String digits = token.text().toLowerCase(Locale.ROOT);
        int radix = digits.startsWith("0x") ? 16 : digits.startsWith("0o") ? 8 : digits.startsWith("0b") ? 2 : 10;
        try {
            return new Value.Int(Long.parseLong(radix == 10 ? digits : digits.substring(2), radix));
        } catch (NumberFormatException e) {
            throw tokens.fault("the number " + token.described() + " is beyond the limit of 64 bits");
        }
    }

    private Expr list(int line) {
        List<Expr> items = new ArrayList<>();
        while (!tokens.skip("]")) {
            if (!items.isEmpty()) {
                tokens.expect(",");
                if (tokens.skip("]")) {
                    break;
                }
            }
            items.add(operators.expression());
        }
        return new Expr.Series(false, items, line);
    }

    private Expr mapping(int line) {
        List<Expr> keys = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.skip("}")) {
            if (!keys.isEmpty()) {
                tokens.expect(",");
                if (tokens.skip("}")) {
                    break;
                }
            }
            keys.add(operators.expression());
            tokens.expect(":");
            values.add(operators.expression());
        }
        return new Expr.Mapping(keys, values, line);
    }

    Expr subscripts(Expr start) {
        Expr value = start;
        while (true) {
            int line = tokens.line();
            if (tokens.now().is("(")) {
                value = new Expr.Call(value, arguments(), line);
            } else if (tokens.skip(".")) {
                Token token = tokens.next();
                value = switch (token.kind()) {
                    case NAME -> new Expr.Attribute(value, token.text(), line);
                    case INTEGER -> new Expr.Item(value, new Expr.Constant(whole(token), line), line);
                    default -> throw tokens.fault("expected a name behind '.' but found " + token.described());
                };
            } else if (tokens.skip("[")) {
                value = item(value, line);
                tokens.expect("]");
            } else {
                return value;
            }
        }
    }

    private Expr item(Expr target, int line) {
        Optional<Expr> from = tokens.now().is(":") ? Optional.empty() : Optional.of(operators.expression());
        if (!tokens.skip(":")) {
            return new Expr.Item(target, from.orElseThrow(), line);
        }
        Optional<Expr> to = bound();
        Optional<Expr> step = tokens.skip(":") ? bound() : Optional.empty();
        return new Expr.Slice(target, from, to, step, line);
    }

    private Optional<Expr> bound() {
        return tokens.now().is(":") || tokens.now().is("]") ? Optional.empty() : Optional.of(operators.expression());
    }

    Expr filters(Expr start) {
        Expr value = start;
        while (true) {
            int line = tokens.line();
            if (tokens.skip("|")) {
                value = filter(Optional.of(value));
            } else if (tokens.skipName("is")) {
                value = test(value, line);
            } else if (tokens.now().is("(")) {
                value = new Expr.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    /// The filter whose name stands here.
    Expr filter(Optional<Expr> value) {
        int line = tokens.line();
        String name = tokens.name("the name of a filter");
        if (!Filters.ALL.containsKey(name)) {
            throw new UnsupportedException("Chat template, line " + line + ": the filter '" + name
                    + "' is not supported; supported are " + String.join(", ", new TreeSet<>(Filters.ALL.keySet()))
                    + ".");
        }
        return new Expr.Filtered(value, name, tokens.now().is("(") ? arguments() : Expr.Arguments.NONE, line);
    }

    private Expr test(Expr value, int line) {
        boolean negated = tokens.skipName("not");
        String name = tokens.name("the name of a test");
        if (!Tests.ALL.containsKey(name)) {
            throw new UnsupportedException(
                    "Chat template, line " + line + ": the test 'is " + name + "' is not supported; supported are "
                            + String.join(", ", new TreeSet<>(Tests.ALL.keySet())) + ".");
        }
        Expr.Arguments arguments = Expr.Arguments.NONE;
        if (tokens.now().is("(")) {
            arguments = arguments();
        } else if (beginsArgument(tokens.now())) {
            Expr argument = subscripts(primary());
            arguments = new Expr.Arguments(List.of(argument), List.of(), List.of(), Optional.empty(), Optional.empty());
        }
        Expr test = new Expr.Tested(value, name, arguments, line);
        return negated ? new Expr.Not(test, line) : test;
    }

    private boolean beginsArgument(Token token) {
        if (token.isName("is")) {
            throw tokens.fault("tests cannot be chained with 'is'");
        }
        return switch (token.kind()) {
            case NAME -> !Set.of("else", "or", "and").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            default -> token.is("[") || token.is("{");
        };
    }

    private Expr.Arguments arguments() {
        tokens.expect("(");
        List<Expr> positional = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        List<Expr> named = new ArrayList<>();
        Optional<Expr> list = Optional.empty();
        Optional<Expr> map = Optional.empty();
        boolean first = true;
        while (!tokens.skip(")")) {
            if (!first) {
                tokens.expect(",");
                if (tokens.skip(")")) {
                    break;
                }
            }
            first = false;
            if (map.isPresent()) {
                throw tokens.fault("nothing can follow '**' in a call");
            } else if (tokens.skip("*")) {
                list = Optional.of(operators.expression());
            } else if (tokens.skip("**")) {
                map = Optional.of(operators.expression());
            } else if (tokens.now().kind() == Token.Kind.NAME && tokens.ahead().is("=")) {
                keys.add(tokens.next().text());
                tokens.next();
                named.add(operators.expression());
            } else if (keys.isEmpty() && list.isEmpty()) {
                positional.add(operators.expression());
            } else {
                throw tokens.fault("arguments without a name come first in a call");
            }
        }
        return new Expr.Arguments(positional, keys, named, list, map);
    }
}

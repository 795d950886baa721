package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Parses expressions with Jinja's order of precedence, weakest first: inline if, or, and, not, comparisons, `+
/// -`, `~`,
/// `* / // %`, `**`, signs, then filters and tests, then subscripts and calls.
final class ExprParser {
    /// An expression inside another takes a dozen calls, one for each level of precedence.
    private static final int WEIGHT = 3;

    private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Tokens tokens;
    private final OperandParser operands;

    ExprParser(Tokens tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    OperandParser operands() {
        return operands;
    }

    Expr expression() {
        tokens.enter(WEIGHT);
        Expr value = or();
        while (tokens.now().isName("if")) {
            int line = tokens.next().line();
            Expr test = or();
            Optional<Expr> no = tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Expr.Conditional(test, value, no, line);
        }
        tokens.leave(WEIGHT);
        return value;
    }

    /// One expression, or a tuple of several with commas between; `conditional` allows the inline if.
    Expr series(boolean conditional) {
        int line = tokens.line();
        Expr first = conditional ? expression() : or();
        if (!tokens.now().is(",")) {
            return first;
        }
        List<Expr> items = new ArrayList<>(List.of(first));
        while (tokens.skip(",") && !endsSeries()) {
            items.add(conditional ? expression() : or());
        }
        return new Expr.Series(true, items, line);
    }

    private boolean endsSeries() {
        Token now = tokens.now();
        return now.kind() == Token.Kind.PRINT_END || now.kind() == Token.Kind.TAG_END || now.is(")");
    }

    Expr or() {
        Expr left = and();
        while (tokens.now().isName("or")) {
            int line = tokens.next().line();
            left = new Expr.Logical(false, left, and(), line);
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (tokens.now().isName("and")) {
            int line = tokens.next().line();
            left = new Expr.Logical(true, left, not(), line);
        }
        return left;
    }

    private Expr not() {
        if (!tokens.now().isName("not")) {
            return comparison();
        }
        tokens.enter(1);
        int line = tokens.next().line();
        Expr value = new Expr.Not(not(), line);
        tokens.leave(1);
        return value;
    }

    private Expr comparison() {
        int line = tokens.line();
        Expr first = sum();
        List<String> operators = new ArrayList<>();
        List<Expr> others = new ArrayList<>();
        while (true) {
            Token now = tokens.now();
            if (now.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(now.text())) {
                operators.add(tokens.next().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (now.isName("not") && tokens.ahead().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                return operators.isEmpty() ? first : new Expr.Comparison(first, operators, others, line);
            }
            others.add(sum());
        }
    }

    private Expr sum() {
        Expr left = joined();
        while (tokens.now().is("+") || tokens.now().is("-")) {
            Token operator = tokens.next();
            left = new Expr.Arithmetic(operator.text(), left, joined(), operator.line());
        }
        return left;
    }

    private Expr joined() {
        int line = tokens.line();
        Expr first = product();
        if (!tokens.now().is("~")) {
            return first;
        }
        List<Expr> parts = new ArrayList<>(List.of(first));
        while (tokens.skip("~")) {
            parts.add(product());
        }
        return new Expr.Joined(parts, line);
    }

    private Expr product() {
        Expr left = power();
        while (tokens.now().kind() == Token.Kind.OPERATOR
                && PRODUCTS.contains(tokens.now().text())) {
            Token operator = tokens.next();
            left = new Expr.Arithmetic(operator.text(), left, power(), operator.line());
        }
        return left;
    }

    private Expr power() {
        Expr left = signed(true);
        while (tokens.now().is("**")) {
            int line = tokens.next().line();
            left = new Expr.Arithmetic("**", left, signed(true), line);
        }
        return left;
    }

    private Expr signed(boolean filters) {
        Expr value;
        Token now = tokens.now();
        if (now.is("-") || now.is("+")) {
            tokens.enter(1);
            tokens.next();
            value = new Expr.Signed(now.is("-"), signed(false), now.line());
            tokens.leave(1);
        } else {
            value = operands.primary();
        }
        value = operands.subscripts(value);
        return filters ? operands.filters(value) : value;
    }
}

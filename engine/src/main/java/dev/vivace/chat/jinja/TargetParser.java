package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Parses what values are given to: variables, attributes of namespaces, and the parameters of macros.
final class TargetParser {
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final Tokens tokens;
    private final ExprParser exprs;

    TargetParser(Tokens tokens, ExprParser exprs) {
        this.tokens = tokens;
        this.exprs = exprs;
    }

    /// Adds the parameters between parentheses, and the defaults of the last of them.
    void parameters(List<String> names, List<Expr> defaults) {
        tokens.expect("(");
        while (!tokens.skip(")")) {
            if (!names.isEmpty()) {
                tokens.expect(",");
            }
            names.add(tokens.name("the name of a parameter"));
            if (tokens.skip("=")) {
                defaults.add(exprs.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.fault("a parameter without default follows one that has a default");
            }
        }
    }

    /// One target, or several with commas between; `attributes` allows those of namespaces.
    Stmt.Target target(boolean attributes) {
        Stmt.Target first = oneTarget(attributes);
        if (!tokens.now().is(",")) {
            return first;
        }
        List<Stmt.Target> targets = new ArrayList<>(List.of(first));
        while (tokens.skip(",")
                && (tokens.now().kind() == Token.Kind.NAME || tokens.now().is("("))) {
            if (tokens.now().isName("in")) {
                break;
            }
            targets.add(oneTarget(attributes));
        }
        return new Stmt.TupleTarget(targets);
    }

    /// One target.
    Stmt.Target oneTarget(boolean attributes) {
        if (tokens.skip("(")) {
            tokens.enter(1);
            Stmt.Target inner = target(attributes);
            tokens.leave(1);
            tokens.expect(")");
            return inner;
        }
        String name = tokens.name("the name of a variable");
        if (CONSTANTS.contains(name)) {
            throw tokens.fault("nothing can be assigned to '" + name + "'");
        }
        return attributes && tokens.skip(".")
                ? new Stmt.AttributeTarget(name, tokens.name("the name of an attribute"))
                : new Stmt.NameTarget(name);
    }
}

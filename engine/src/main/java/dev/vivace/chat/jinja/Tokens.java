package dev.vivace.chat.jinja;

import dev.vivace.FormatException;
import java.util.List;

/// The tokens of a template as a parser goes through them. Also counts how deep the parser nests.
final class Tokens {
    private static final int DEPTH = 200;

    private final List<Token> all;
    private int at;
    private int depth;

    Tokens(List<Token> all) {
        this.all = all;
    }

    Token now() {
        return all.get(at);
    }

    Token ahead() {
        return all.get(Math.min(at + 1, all.size() - 1));
    }

    int line() {
        return now().line();
    }

    /// The current token, going on to the next.
    Token next() {
        Token token = now();
        at = Math.min(at + 1, all.size() - 1);
        return token;
    }

    /// Goes on when the current token is this operator.
    boolean skip(String operator) {
        return skipIf(now().is(operator));
    }

    boolean skipName(String name) {
        return skipIf(now().isName(name));
    }

    private boolean skipIf(boolean there) {
        if (there) {
            next();
        }
        return there;
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw fault("expected '" + operator + "' but found " + now().described());
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw fault("expected '" + name + "' but found " + now().described());
        }
    }

    Token expect(Token.Kind kind, String what) {
        if (now().kind() != kind) {
            throw fault("expected " + what + " but found " + now().described());
        }
        return next();
    }

    String name(String what) {
        return expect(Token.Kind.NAME, what).text();
    }

    /// One level deeper, `weight` being how much of the thread's stack it takes; [#leave] ends it.
    void enter(int weight) {
        depth += weight;
        if (depth > DEPTH) {
            throw fault("the template nests deeper than the limit of " + DEPTH);
        }
    }

    void leave(int weight) {
        depth -= weight;
    }

    FormatException fault(String message) {
        return new FormatException("Chat template, line " + line() + ": " + message + ".");
    }
}

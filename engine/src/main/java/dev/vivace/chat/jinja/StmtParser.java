package dev.vivace.chat.jinja;

import dev.vivace.UnsupportedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Parses a template into its statements.
final class StmtParser {
    private static final Set<String> FOREIGN =
            Set.of("include", "import", "from", "extends", "block", "autoescape", "trans", "do", "debug");
    private static final String SUPPORTED =
            "for, if, set, macro, call, filter, with, raw, generation, break and continue";

    /// A statement inside another takes a few big frames of the stack.
    private static final int WEIGHT = 2;

    private final Tokens tokens;
    private final ExprParser exprs;
    private final TargetParser targets;
    private int loops;

    private StmtParser(Tokens tokens) {
        this.tokens = tokens;
        this.exprs = new ExprParser(tokens);
        this.targets = new TargetParser(tokens, exprs);
    }

    static List<Stmt> parse(String template) {
        return new StmtParser(new Tokens(Lexer.tokens(template))).body(Set.of());
    }

    /// The statements up to a tag that is one of `ends`; stands at the tag's name after.
    private List<Stmt> body(Set<String> ends) {
        tokens.enter(WEIGHT);
        List<Stmt> body = new ArrayList<>();
        while (true) {
            Token token = tokens.now();
            switch (token.kind()) {
                case DATA -> body.add(new Stmt.Data(Text.of(tokens.next().text()), token.line()));
                case PRINT_BEGIN -> {
                    tokens.next();
                    body.add(new Stmt.Print(exprs.series(true), token.line()));
                    tokens.expect(Token.Kind.PRINT_END, "'}}'");
                }
                case TAG_BEGIN -> {
                    tokens.next();
                    if (tokens.now().kind() == Token.Kind.NAME
                            && ends.contains(tokens.now().text())) {
                        tokens.leave(WEIGHT);
                        return body;
                    }
                    body.add(statement(ends));
                    tokens.expect(Token.Kind.TAG_END, "'%}'");
                }
                default -> {
                    if (ends.isEmpty()) {
                        tokens.leave(WEIGHT);
                        return body;
                    }
                    throw tokens.fault("the template ends where " + alternatives(ends) + " is missing");
                }
            }
        }
    }

    private static String alternatives(Set<String> ends) {
        return ends.stream()
                .sorted()
                .map(end -> "'{% " + end + " %}'")
                .reduce((a, b) -> a + " or " + b)
                .orElse("");
    }

    /// A body that begins behind the current tag and ends with the tag `end`.
    private List<Stmt> inside(String end) {
        tokens.expect(Token.Kind.TAG_END, "'%}'");
        List<Stmt> body = body(Set.of(end));
        tokens.expectName(end);
        return body;
    }

    private Stmt statement(Set<String> ends) {
        int line = tokens.line();
        String tag = tokens.name("the name of a tag");
        return switch (tag) {
            case "for" -> loop(line);
            case "if" -> condition(line);
            case "set" -> set(line);
            case "with" -> with(line);
            case "macro" -> macro(line);
            case "call" -> call(line);
            case "filter" -> {
                Expr filters = filterChain();
                yield new Stmt.FilterBlock(filters, inside("endfilter"), line);
            }
            case "generation" -> new Stmt.With(List.of(), List.of(), inside("endgeneration"), line);
            case "print" -> new Stmt.Print(exprs.series(true), line);
            case "break", "continue" -> {
                if (loops == 0) {
                    throw tokens.fault("'{% " + tag + " %}' stands outside a loop");
                }
                yield new Stmt.Jump(tag.equals("break"), line);
            }
            default -> {
                if (FOREIGN.contains(tag)) {
                    throw new UnsupportedException("Chat template, line " + line + ": the tag '" + tag
                            + "' is not supported; supported are " + SUPPORTED + ".");
                }
                throw tokens.fault("the tag '" + tag + "' has no meaning here"
                        + (ends.isEmpty() ? "; known are " + SUPPORTED : ", expected " + alternatives(ends)));
            }
        };
    }

    private Stmt loop(int line) {
        Stmt.Target target = targets.target(false);
        tokens.expectName("in");
        Expr items = exprs.series(false);
        Optional<Expr> filter = tokens.skipName("if") ? Optional.of(exprs.expression()) : Optional.empty();
        if (tokens.now().isName("recursive")) {
            throw new UnsupportedException(
                    "Chat template, line " + line + ": recursive loops are not supported; use a macro.");
        }
        tokens.expect(Token.Kind.TAG_END, "'%}'");
        loops++;
        List<Stmt> body = body(Set.of("else", "endfor"));
        loops--;
        List<Stmt> otherwise = List.of();
        if (tokens.next().text().equals("else")) {
            otherwise = inside("endfor");
        }
        return new Stmt.For(target, items, filter, body, otherwise, line);
    }

    private Stmt condition(int line) {
        List<Expr> tests = new ArrayList<>();
        List<List<Stmt>> bodies = new ArrayList<>();
        String end = "elif";
        while (end.equals("elif")) {
            tests.add(exprs.series(false));
            tokens.expect(Token.Kind.TAG_END, "'%}'");
            bodies.add(body(Set.of("elif", "else", "endif")));
            end = tokens.next().text();
        }
        List<Stmt> otherwise = end.equals("else") ? inside("endif") : List.of();
        return new Stmt.If(tests, bodies, otherwise, line);
    }

    private Stmt set(int line) {
        Stmt.Target target = targets.target(true);
        if (tokens.skip("=")) {
            return new Stmt.Assign(target, exprs.series(true), line);
        }
        Optional<Expr> filters = tokens.skip("|") ? Optional.of(filterChain()) : Optional.empty();
        return new Stmt.Capture(target, filters, inside("endset"), line);
    }

    /// Filters on a body that has no expression before the first.
    private Expr filterChain() {
        Expr filters = exprs.operands().filter(Optional.empty());
        while (tokens.skip("|")) {
            filters = exprs.operands().filter(Optional.of(filters));
        }
        return filters;
    }

    private Stmt with(int line) {
        List<Stmt.Target> names = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (tokens.now().kind() != Token.Kind.TAG_END) {
            if (!names.isEmpty()) {
                tokens.expect(",");
            }
            names.add(targets.oneTarget(false));
            tokens.expect("=");
            values.add(exprs.expression());
        }
        return new Stmt.With(names, values, inside("endwith"), line);
    }

    private Stmt macro(int line) {
        String name = tokens.name("the name of a macro");
        List<String> names = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        targets.parameters(names, defaults);
        Set<String> read = new HashSet<>();
        List<Stmt> body = macroBody("endmacro", read);
        return new Stmt.MacroDefinition(name, signature(names, defaults, read), body, line);
    }

    private Stmt call(int line) {
        List<String> names = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        if (tokens.now().is("(")) {
            targets.parameters(names, defaults);
        }
        if (!(exprs.expression() instanceof Expr.Call macro)) {
            throw tokens.fault("'{% call %}' needs the call of a macro");
        }
        Set<String> read = new HashSet<>();
        List<Stmt> body = macroBody("endcall", read);
        return new Stmt.CallBlock(signature(names, defaults, read), macro, body, line);
    }

    /// The body of a macro, which no jump leaves; `read` gets the variables that are read in it.
    private List<Stmt> macroBody(String end, Set<String> read) {
        Set<String> names = exprs.operands().names();
        Set<String> outside = new HashSet<>(names);
        int outer = loops;
        names.clear();
        loops = 0;
        List<Stmt> body = inside(end);
        loops = outer;
        read.addAll(names);
        names.addAll(outside);
        return body;
    }

    private static Stmt.Signature signature(List<String> names, List<Expr> defaults, Set<String> read) {
        return new Stmt.Signature(
                names, defaults, read.contains("varargs"), read.contains("kwargs"), read.contains("caller"));
    }
}

package dev.vivace.chat.jinja;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.tokenizer.MarkedText;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A template of the Jinja subset, parsed once. Immutable, and safe to render from many threads.
public final class JinjaTemplate {
    /// The characters that a template may have.
    private static final int LONGEST = 1 << 20;

    private final List<Stmt> body;

    private JinjaTemplate(List<Stmt> body) {
        this.body = body;
    }

    /// A text among the variables that is not a user's but as good as the template's own, such as a special token.
    ///
    /// @param text what it says
    public record Trusted(String text) {}

    /// Parses a template.
    ///
    /// @param source its text
    /// @throws FormatException if it is not well formed
    /// @throws dev.vivace.UnsupportedException if it uses a tag, filter or test that is not supported
    public static JinjaTemplate parse(String source) {
        if (source.length() > LONGEST) {
            throw new FormatException("A chat template of " + source.length()
                    + " characters is longer than the limit of " + LONGEST + ".");
        }
        return new JinjaTemplate(StmtParser.parse(source));
    }

    /// Renders with the given variables. Values are strings, booleans, numbers, maps, collections, null or an empty
    /// optional for none, and [Trusted]; every string that is not trusted is the user's.
    ///
    /// @param variables what the template's names mean
    /// @param clock what `strftime_now` reads
    /// @throws FormatException if the template fails or does not end within its limits
    /// @throws OptionException if the template refuses the conversation, or a variable has a type that it
    ///     cannot have
    public MarkedText render(Map<String, ?> variables, Clock clock) {
        Evaluation run = new Evaluation(clock);
        Scope scope = new Scope();
        Globals.define(scope);
        variables.forEach((name, value) -> scope.set(name, value(run, value, 0, name)));
        Text text = new Renderer(run).text(body, new Scope(scope));
        return new MarkedText(text.chars(), (BitSet) text.literal().clone());
    }

    private static Value value(Evaluation run, Object value, int depth, String variable) {
        if (depth > Evaluation.NESTING) {
            throw new OptionException("The variable '" + variable
                    + "' of a chat template nests deeper than the limit of " + Evaluation.NESTING + ".");
        }
        run.allow(1);
        return switch (value) {
            case null -> Value.NONE;
            case Optional<?> optional ->
                optional.isPresent() ? value(run, optional.get(), depth, variable) : Value.NONE;
            case Boolean bool -> Value.of(bool);
            case Byte number -> new Value.Int(number);
            case Short number -> new Value.Int(number);
            case Integer number -> new Value.Int(number);
            case Long number -> new Value.Int(number);
            case Float number -> new Value.Real(number);
            case Double number -> new Value.Real(number);
            case CharSequence text -> {
                run.allow(text.length());
                yield Text.of(text.toString(), true);
            }
            case Trusted text -> Text.of(text.text());
            case Map<?, ?> map -> {
                Dict dict = new Dict();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    dict.put(
                            run,
                            value(run, entry.getKey(), depth + 1, variable),
                            value(run, entry.getValue(), depth + 1, variable));
                }
                yield dict;
            }
            case Collection<?> items -> {
                List<Value> list = new ArrayList<>(items.size());
                for (Object item : items) {
                    list.add(value(run, item, depth + 1, variable));
                }
                yield Sequence.list(list);
            }
            default ->
                throw new OptionException("The variable '" + variable + "' of a chat template holds a "
                        + value.getClass().getName()
                        + "; expected strings, booleans, numbers, maps and collections.");
        };
    }
}

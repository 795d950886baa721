package dev.vivace.chat.jinja;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Filters that take their input as a string.
final class TextFilters {
    private static final Pattern WORD_BEGINS = Pattern.compile("[-\\s({\\[<]", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextFilters() {}

    /// The input as text, its length counted.
    static Text in(Evaluation run, Value input) {
        Text text = Printer.str(run, input);
        run.charge(text.chars().length());
        return text;
    }

    static Value string(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'string'");
        return in(run, input);
    }

    static Value upper(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'upper'");
        Text text = in(run, input);
        return Text.of(text.chars().toUpperCase(Locale.ROOT), text.marked());
    }

    static Value lower(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'lower'");
        Text text = in(run, input);
        return Text.of(text.chars().toLowerCase(Locale.ROOT), text.marked());
    }

    static Value capitalize(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'capitalize'");
        return capitalize(in(run, input));
    }

    static Text capitalize(Text text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.chars().offsetByCodePoints(0, 1);
        return Text.of(
                titleCase(text.chars().codePointAt(0))
                        + text.chars().substring(first).toLowerCase(Locale.ROOT),
                text.marked());
    }

    /// A letter as it begins a word, which for a few is more than one letter.
    static String titleCase(int point) {
        String upper = Character.toString(point).toUpperCase(Locale.ROOT);
        int title = Character.toTitleCase(point);
        if (upper.codePointCount(0, upper.length()) == 1 || title != point) {
            return Character.toString(title);
        }
        int first = upper.offsetByCodePoints(0, 1);
        return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
    }

    static Value title(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'title'");
        Text text = in(run, input);
        StringBuilder out = new StringBuilder();
        Matcher gap = WORD_BEGINS.matcher(text.chars());
        int from = 0;
        while (from < text.chars().length()) {
            int to = gap.find(from) ? gap.start() : text.chars().length();
            if (to > from) {
                int second = text.chars().offsetByCodePoints(from, 1);
                out.append(text.chars().substring(from, second).toUpperCase(Locale.ROOT));
                out.append(text.chars().substring(second, to).toLowerCase(Locale.ROOT));
            }
            if (to < text.chars().length()) {
                out.append(text.chars().charAt(to));
            }
            from = to + 1;
        }
        return Text.of(out.toString(), text.marked());
    }

    static Value trim(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'trim'", "chars");
        return strip(run, in(run, input), bound, true, true);
    }

    /// Strips what the first argument names, white space when it is missing or none.
    static Text strip(Evaluation run, Text text, Args.Bound bound, boolean left, boolean right) {
        boolean named = bound.has(0) && !(bound.at(0) instanceof Value.None);
        Text set = named ? bound.text(0) : Text.EMPTY;
        run.chargeSearch(text.chars().length(), set.chars().length());
        return named && set.isEmpty() ? text : text.strip(left, right, set.chars());
    }

    static Value replace(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'replace'", "old", "new", "count");
        boolean counted = bound.has(2) && !(bound.at(2) instanceof Value.None);
        return replace(
                run,
                in(run, input),
                Printer.str(run, bound.at(0)),
                Printer.str(run, bound.at(1)),
                counted ? bound.whole(2) : -1);
    }

    static Text replace(Evaluation run, Text text, Text old, Text by, long count) {
        long places = old.isEmpty() ? text.chars().length() + 1L : places(run, text.chars(), old.chars());
        run.chargeText(text.chars().length() + places * by.chars().length());
        run.charge(16 * places);
        return text.replace(old, by, count);
    }

    /// How often `part`, which is not empty, stands in `chars`.
    static long places(Evaluation run, String chars, String part) {
        run.chargeSearch(chars.length(), part.length());
        long places = 0;
        for (int at = chars.indexOf(part); at >= 0; at = chars.indexOf(part, at + part.length())) {
            places++;
        }
        return places;
    }

    static Value indent(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'indent'", "width", "first", "blank");
        Text text = in(run, input);
        Text indent = bound.at(0, new Value.Int(4)) instanceof Text given
                ? given
                : Text.of(" ".repeat((int) Math.clamp(bound.whole(0, 4), 0, 1000)));
        boolean blank = bound.truth(2, false);
        // The newline lets the last line, when it is empty, be a line as well.
        List<Text> lines = text.plus(Text.of("\n")).lines();
        run.chargePieces(lines.size());
        run.chargeText(
                (long) lines.size() * indent.chars().length() + text.chars().length());
        TextBuilder out = new TextBuilder();
        for (int i = 0; i < lines.size(); i++) {
            boolean indented =
                    i == 0 ? bound.truth(1, false) : blank || !lines.get(i).isEmpty();
            out.append(i > 0 ? "\n" : "").append(indented ? indent : Text.EMPTY).append(lines.get(i));
        }
        return out.text();
    }

    static Value center(Evaluation run, Value input, Args args) {
        Args.Bound bound = args.bind(run, "the filter 'center'", "width");
        return pad(run, in(run, input), bound.whole(0, 80), Text.of(" "), 0.5);
    }

    /// Widens a text to `width` characters, `left` of the gap (0, half or 1) before it.
    static Text pad(Evaluation run, Text text, long width, Text fill, double left) {
        int length = text.length();
        if (fill.length() != 1) {
            throw run.fault("a text is filled up with one character, not " + fill.length());
        }
        long gap = Math.max(0, width - length);
        run.chargeText(gap + length);
        // Python puts the odd blank of a centred text before it only when the width is odd as well.
        long before = left == 0.5 ? gap / 2 + (gap & width & 1) : left == 0 ? 0 : gap;
        TextBuilder out = new TextBuilder();
        for (long i = 0; i < before; i++) {
            out.append(fill);
        }
        out.append(text);
        for (long i = before; i < gap; i++) {
            out.append(fill);
        }
        return out.text();
    }

    static Value format(Evaluation run, Value input, Args args) {
        Text format = in(run, input);
        if (args.named().isEmpty()) {
            return Formatting.percent(run, format, args.positional(), Value.NONE);
        }
        Dict named = new Dict();
        args.named().forEach((name, value) -> named.put(run, Text.of(name), value));
        return Formatting.percent(run, format, args.positional(), named);
    }

    static Value escape(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'escape'");
        Text text = in(run, input);
        run.charge(4L * text.chars().length());
        String escaped = text.chars()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
        return Text.of(escaped, text.marked());
    }

    static Value wordcount(Evaluation run, Value input, Args args) {
        args.none(run, "the filter 'wordcount'");
        return new Value.Int(WORD.matcher(in(run, input).chars()).results().count());
    }
}

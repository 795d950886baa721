package dev.vivace.chat.jinja;

import static java.util.Map.entry;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/// The methods of strings by name.
final class TextMethods {
    /// What `text.name(...)` does.
    interface Method {
        Value call(Evaluation run, Text text, Args args);
    }

    static final Map<String, Method> ALL = Map.ofEntries(
            entry("strip", (run, text, args) -> strip(run, text, args, true, true)),
            entry("lstrip", (run, text, args) -> strip(run, text, args, true, false)),
            entry("rstrip", (run, text, args) -> strip(run, text, args, false, true)),
            entry("split", (run, text, args) -> split(run, text, args, false)),
            entry("rsplit", (run, text, args) -> split(run, text, args, true)),
            entry("splitlines", TextMethods::splitlines),
            entry("partition", (run, text, args) -> partition(run, text, args, false)),
            entry("rpartition", (run, text, args) -> partition(run, text, args, true)),
            entry("startswith", (run, text, args) -> TextSearch.affix(run, text, args, true)),
            entry("endswith", (run, text, args) -> TextSearch.affix(run, text, args, false)),
            entry("removeprefix", (run, text, args) -> TextSearch.remove(run, text, args, true)),
            entry("removesuffix", (run, text, args) -> TextSearch.remove(run, text, args, false)),
            entry("find", (run, text, args) -> TextSearch.find(run, text, args, false, false)),
            entry("rfind", (run, text, args) -> TextSearch.find(run, text, args, true, false)),
            entry("index", (run, text, args) -> TextSearch.find(run, text, args, false, true)),
            entry("rindex", (run, text, args) -> TextSearch.find(run, text, args, true, true)),
            entry("count", TextSearch::count),
            entry("replace", TextMethods::replace),
            entry("join", TextMethods::join),
            entry("format", (run, text, args) -> Formatting.braces(run, text, args)),
            entry("upper", TextFilters::upper),
            entry("lower", TextFilters::lower),
            entry("casefold", TextFilters::lower),
            entry("capitalize", TextFilters::capitalize),
            entry("title", TextMethods::title),
            entry("swapcase", TextMethods::swapcase),
            entry("center", (run, text, args) -> pad(run, text, args, 0.5)),
            entry("ljust", (run, text, args) -> pad(run, text, args, 0)),
            entry("rjust", (run, text, args) -> pad(run, text, args, 1)),
            entry("zfill", TextMethods::zfill),
            entry("isspace", (run, text, args) -> all(run, text, args, Text::isSpace)),
            entry("isalpha", (run, text, args) -> all(run, text, args, Character::isLetter)),
            entry("isdigit", (run, text, args) -> all(run, text, args, Character::isDigit)),
            entry("isdecimal", (run, text, args) -> all(run, text, args, Character::isDigit)),
            entry("isnumeric", (run, text, args) -> all(run, text, args, TextMethods::isNumeric)),
            entry("isalnum", (run, text, args) -> all(run, text, args, TextMethods::isAlphanumeric)),
            entry("isupper", (run, text, args) -> isCase(run, text, args, Character::isLowerCase)),
            entry("islower", (run, text, args) -> isCase(run, text, args, Character::isUpperCase)));

    private TextMethods() {}

    private static Value strip(Evaluation run, Text text, Args args, boolean left, boolean right) {
        return TextFilters.strip(run, text, args.bind(run, "strip()", "chars"), left, right);
    }

    private static Value split(Evaluation run, Text text, Args args, boolean fromRight) {
        Args.Bound bound = args.bind(run, "split()", "sep", "maxsplit");
        long most = bound.whole(1, -1);
        if (!bound.has(0) || bound.at(0) instanceof Value.None) {
            run.chargePieces(text.chars().length() / 2);
            return Sequence.list(fromRight ? text.wordsFromRight(most) : text.words(most));
        }
        String separator = separator(run, bound);
        run.chargePieces(TextFilters.places(run, text.chars(), separator) + 1);
        return Sequence.list(fromRight ? text.splitFromRight(separator, most) : text.split(separator, most));
    }

    private static String separator(Evaluation run, Args.Bound bound) {
        String separator = bound.text(0).chars();
        if (separator.isEmpty()) {
            throw run.fault(bound.what() + " takes a separator of at least one character");
        }
        return separator;
    }

    private static Value partition(Evaluation run, Text text, Args args, boolean fromRight) {
        Args.Bound bound = args.bind(run, "partition()", "sep");
        String separator = separator(run, bound);
        run.chargeSearch(text.chars().length(), separator.length());
        int at = fromRight ? text.chars().lastIndexOf(separator) : text.chars().indexOf(separator);
        if (at < 0) {
            return fromRight
                    ? Sequence.tuple(Text.EMPTY, Text.EMPTY, text)
                    : Sequence.tuple(text, Text.EMPTY, Text.EMPTY);
        }
        int end = at + separator.length();
        return Sequence.tuple(
                text.slice(0, at), bound.text(0), text.slice(end, text.chars().length()));
    }

    private static Value splitlines(Evaluation run, Text text, Args args) {
        args.none(run, "splitlines()");
        List<Text> lines = text.lines();
        run.chargePieces(lines.size());
        return Sequence.list(lines);
    }

    private static Value replace(Evaluation run, Text text, Args args) {
        Args.Bound bound = args.bind(run, "replace()", "old", "new", "count");
        return TextFilters.replace(run, text, bound.text(0), bound.text(1), bound.whole(2, -1));
    }

    private static Value join(Evaluation run, Text text, Args args) {
        List<Value> parts =
                Python.items(run, args.bind(run, "join()", "iterable").at(0));
        for (Value part : parts) {
            if (!(part instanceof Text)) {
                throw run.fault("join() takes strings, not " + Python.typeName(part));
            }
        }
        return ListFilters.join(run, parts, text);
    }

    private static Value title(Evaluation run, Text text, Args args) {
        args.none(run, "title()");
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (Text point : text.points()) {
            int letter = point.chars().codePointAt(0);
            out.append(inside ? point.chars().toLowerCase(Locale.ROOT) : TextFilters.titleCase(letter));
            inside = Character.isLetter(letter);
        }
        run.chargePieces(out.length());
        return Text.of(out.toString(), text.marked());
    }

    private static Value swapcase(Evaluation run, Text text, Args args) {
        args.none(run, "swapcase()");
        StringBuilder out = new StringBuilder();
        run.chargePieces(text.chars().length());
        for (Text point : text.points()) {
            boolean upper = Character.isUpperCase(point.chars().codePointAt(0));
            out.append(
                    upper
                            ? point.chars().toLowerCase(Locale.ROOT)
                            : point.chars().toUpperCase(Locale.ROOT));
        }
        return Text.of(out.toString(), text.marked());
    }

    private static Value pad(Evaluation run, Text text, Args args, double left) {
        Args.Bound bound = args.bind(run, "center(), ljust() and rjust()", "width", "fillchar");
        Text fill = bound.text(1, " ");
        return TextFilters.pad(run, text, bound.whole(0), fill, left);
    }

    private static Value zfill(Evaluation run, Text text, Args args) {
        long width = args.bind(run, "zfill()", "width").whole(0);
        boolean signed = text.chars().startsWith("-") || text.chars().startsWith("+");
        Text sign = signed ? text.slice(0, 1) : Text.EMPTY;
        Text rest = signed ? text.slice(1, text.chars().length()) : text;
        return sign.plus(TextFilters.pad(run, rest, width - sign.length(), Text.of("0"), 1));
    }

    private static Value all(Evaluation run, Text text, Args args, IntPredicate wanted) {
        args.none(run, "this method");
        return Value.of(!text.isEmpty() && text.chars().codePoints().allMatch(wanted));
    }

    private static boolean isNumeric(int point) {
        int type = Character.getType(point);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private static boolean isAlphanumeric(int point) {
        return Character.isLetter(point) || isNumeric(point);
    }

    private static Value isCase(Evaluation run, Text text, Args args, IntPredicate wrong) {
        args.none(run, "this method");
        return Value.of(Tests.isCase(text.chars(), wrong));
    }
}

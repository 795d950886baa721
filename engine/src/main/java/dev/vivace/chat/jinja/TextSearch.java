package dev.vivace.chat.jinja;

import java.util.List;

/// The methods that look for one string in another.
final class TextSearch {
    private TextSearch() {}

    /// `startswith` and `endswith`, which also take a tuple of strings.
    static Value affix(Evaluation run, Text text, Args args, boolean start) {
        Args.Bound bound = args.bind(run, start ? "startswith()" : "endswith()", "affix");
        List<Value> wanted = bound.at(0) instanceof Sequence tuple && tuple.kind() == Sequence.Kind.TUPLE
                ? tuple.items()
                : List.of(bound.text(0));
        for (Value one : wanted) {
            run.charge(1);
            if (!(one instanceof Text affix)) {
                throw run.fault(bound.what() + " takes strings, not " + Python.typeName(one));
            }
            if (start ? text.chars().startsWith(affix.chars()) : text.chars().endsWith(affix.chars())) {
                return Value.TRUE;
            }
        }
        return Value.FALSE;
    }

    /// `removeprefix` and `removesuffix`.
    static Value remove(Evaluation run, Text text, Args args, boolean start) {
        String affix = args.bind(run, start ? "removeprefix()" : "removesuffix()", "affix")
                .text(0)
                .chars();
        int length = text.chars().length();
        if (start) {
            return text.chars().startsWith(affix) ? text.slice(affix.length(), length) : text;
        }
        return text.chars().endsWith(affix) ? text.slice(0, length - affix.length()) : text;
    }

    /// `find`, `rfind`, and `index`, `rindex`, which are `strict`: what they seek must be there.
    static Value find(Evaluation run, Text text, Args args, boolean last, boolean strict) {
        Args.Bound bound = args.bind(run, strict ? "index()" : "find()", "sub", "start", "end");
        Part part = part(run, text, bound);
        String sub = bound.text(0).chars();
        run.chargeSearch(part.chars.length(), sub.length());
        int at = last ? part.chars.lastIndexOf(sub) : part.chars.indexOf(sub);
        if (at < 0 || part.beyond) {
            if (strict) {
                throw run.fault("index() did not find its string of " + sub.length() + " characters");
            }
            return new Value.Int(-1);
        }
        return new Value.Int(part.from + part.chars.codePointCount(0, at));
    }

    /// `count`: how often a string stands in another, without overlaps.
    static Value count(Evaluation run, Text text, Args args) {
        Args.Bound bound = args.bind(run, "count()", "sub", "start", "end");
        Part part = part(run, text, bound);
        String sub = bound.text(0).chars();
        if (part.beyond) {
            return new Value.Int(0);
        }
        long places = sub.isEmpty()
                ? part.chars.codePointCount(0, part.chars.length()) + 1
                : TextFilters.places(run, part.chars, sub);
        return new Value.Int(places);
    }

    /// The part of a text that is searched; `beyond` when it would begin behind the end.
    private record Part(String chars, long from, boolean beyond) {}

    private static Part part(Evaluation run, Text text, Args.Bound bound) {
        int length = text.length();
        long from = position(bound, 1, 0, length);
        long to = Math.min(position(bound, 2, length, length), length);
        if (from > to) {
            return new Part("", from, true);
        }
        int begin = text.chars().offsetByCodePoints(0, (int) from);
        int end = text.chars().offsetByCodePoints(begin, (int) (to - from));
        run.charge(end - begin);
        return new Part(text.chars().substring(begin, end), from, false);
    }

    private static long position(Args.Bound bound, int index, long otherwise, int length) {
        boolean given = bound.has(index) && !(bound.at(index) instanceof Value.None);
        long at = given ? Math.clamp(bound.whole(index), Integer.MIN_VALUE, Integer.MAX_VALUE) : otherwise;
        return at < 0 ? Math.max(0, at + length) : at;
    }
}

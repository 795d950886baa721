package dev.vivace.chat.jinja;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A string that remembers where each character came from: bit i of `literal` says that UTF-16 character i was
/// written by a user. Immutable: nobody changes `literal` after construction.
record Text(String chars, BitSet literal) implements Value {
    static final Text EMPTY = new Text("", new BitSet());

    /// Words of the template itself.
    static Text of(String chars) {
        return new Text(chars, EMPTY.literal);
    }

    /// Words that are the user's as a whole, or not at all.
    static Text of(String chars, boolean user) {
        BitSet marks = new BitSet();
        marks.set(0, user ? chars.length() : 0);
        return new Text(chars, marks);
    }

    /// Whether any character is the user's.
    boolean marked() {
        return !literal.isEmpty();
    }

    boolean isEmpty() {
        return chars.isEmpty();
    }

    /// The part between two UTF-16 positions.
    Text slice(int from, int to) {
        if (from == 0 && to == chars.length()) {
            return this;
        }
        return from >= to ? EMPTY : new Text(chars.substring(from, to), literal.get(from, to));
    }

    Text plus(Text other) {
        return isEmpty()
                ? other
                : other.isEmpty()
                        ? this
                        : new TextBuilder().append(this).append(other).text();
    }

    /// The length as Python counts it: in code points.
    int length() {
        return chars.codePointCount(0, chars.length());
    }

    /// One text for each code point.
    List<Text> points() {
        List<Text> all = new ArrayList<>(chars.length());
        for (int i = 0; i < chars.length(); ) {
            int next = chars.offsetByCodePoints(i, 1);
            all.add(slice(i, next));
            i = next;
        }
        return all;
    }

    /// Without the characters at either end that Python calls white space, or that are among `set` when it is not
    /// empty.
    Text strip(boolean left, boolean right, String set) {
        int from = 0;
        int to = chars.length();
        while (left && from < to && goes(chars.codePointAt(from), set)) {
            from += Character.charCount(chars.codePointAt(from));
        }
        while (right && to > from && goes(chars.codePointBefore(to), set)) {
            to -= Character.charCount(chars.codePointBefore(to));
        }
        return slice(from, to);
    }

    private static boolean goes(int point, String set) {
        return set.isEmpty() ? isSpace(point) : set.indexOf(point) >= 0;
    }

    /// What Python's `str.isspace` calls white space.
    static boolean isSpace(int point) {
        return (point >= 9 && point <= 13)
                || (point >= 0x1c && point <= 0x20)
                || point == 0x85
                || (point > 0x7f && Character.isSpaceChar(point));
    }

    /// Whether every character is white space and there is at least one.
    static boolean isBlank(String chars) {
        return !chars.isEmpty() && chars.codePoints().allMatch(Text::isSpace);
    }

    /// Every place of `old` replaced, at most `count` of them when it is not negative.
    Text replace(Text old, Text by, long count) {
        TextBuilder out = new TextBuilder();
        int from = 0;
        long left = count < 0 ? Long.MAX_VALUE : count;
        if (old.isEmpty()) {
            for (Text point : points()) {
                out.append(left-- > 0 ? by : EMPTY).append(point);
            }
            return out.append(left > 0 ? by : EMPTY).text();
        }
        for (int at = chars.indexOf(old.chars); at >= 0 && left > 0; at = chars.indexOf(old.chars, from), left--) {
            out.append(slice(from, at)).append(by);
            from = at + old.chars.length();
        }
        return out.append(slice(from, chars.length())).text();
    }

    /// The pieces between the separators, at most `most` cuts when it is not negative.
    List<Text> split(String separator, long most) {
        List<Text> pieces = new ArrayList<>();
        int from = 0;
        for (int at = chars.indexOf(separator);
                at >= 0 && (most < 0 || pieces.size() < most);
                at = chars.indexOf(separator, from)) {
            pieces.add(slice(from, at));
            from = at + separator.length();
        }
        pieces.add(slice(from, chars.length()));
        return pieces;
    }

    /// As [#split], cutting from the right.
    List<Text> splitFromRight(String separator, long most) {
        List<Text> pieces = new ArrayList<>();
        int to = chars.length();
        int at = chars.lastIndexOf(separator);
        while (at >= 0 && (most < 0 || pieces.size() < most)) {
            pieces.add(slice(at + separator.length(), to));
            to = at;
            at = to < separator.length() ? -1 : chars.lastIndexOf(separator, to - separator.length());
        }
        pieces.add(slice(0, to));
        return pieces.reversed();
    }

    /// The words between runs of white space; after `most` cuts (when not negative) the rest stays whole.
    List<Text> words(long most) {
        List<Text> pieces = new ArrayList<>();
        int from = skip(0, true);
        while (from < chars.length()) {
            if (most >= 0 && pieces.size() >= most) {
                pieces.add(slice(from, chars.length()));
                return pieces;
            }
            int to = skip(from, false);
            pieces.add(slice(from, to));
            from = skip(to, true);
        }
        return pieces;
    }

    private int skip(int from, boolean space) {
        int at = from;
        while (at < chars.length() && isSpace(chars.codePointAt(at)) == space) {
            at += Character.charCount(chars.codePointAt(at));
        }
        return at;
    }

    /// As [#words], counting the cuts from the right.
    List<Text> wordsFromRight(long most) {
        List<Text> pieces = new ArrayList<>();
        int to = skipBack(chars.length(), true);
        while (to > 0) {
            if (most >= 0 && pieces.size() >= most) {
                pieces.add(slice(0, to));
                break;
            }
            int from = skipBack(to, false);
            pieces.add(slice(from, to));
            to = skipBack(from, true);
        }
        return pieces.reversed();
    }

    private int skipBack(int from, boolean space) {
        int at = from;
        while (at > 0 && isSpace(chars.codePointBefore(at)) == space) {
            at -= Character.charCount(chars.codePointBefore(at));
        }
        return at;
    }

    /// The lines, cut at every mark that Python's `splitlines` knows.
    List<Text> lines() {
        List<Text> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if ((c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029) {
                lines.add(slice(from, i));
                i += c == '\r' && i + 1 < chars.length() && chars.charAt(i + 1) == '\n' ? 1 : 0;
                from = i + 1;
            }
        }
        if (from < chars.length()) {
            lines.add(slice(from, chars.length()));
        }
        return lines;
    }
}

package dev.vivace.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A text that remembers who wrote which part: a template's own words are trusted and may spell control tokens,
/// what a
/// user put in is literal and may not.
///
/// @param text the text
/// @param literal bit `i` set: the UTF-16 char `i` is literal; no bit beyond the text's length
public record MarkedText(String text, BitSet literal) {
    /// Copies the marks.
    ///
    /// @throws IllegalArgumentException if a mark lies beyond the text
    public MarkedText {
        if (literal.length() > text.length()) {
            throw new IllegalArgumentException(
                    "marks reach " + literal.length() + " chars, but the text has " + text.length());
        }
        literal = (BitSet) literal.clone();
    }

    /// @param text a text of our own
    /// @return the text with every char trusted
    public static MarkedText trusted(String text) {
        return new MarkedText(text, new BitSet());
    }

    /// @param text a user's text
    /// @return the text with every char literal
    public static MarkedText literal(String text) {
        BitSet all = new BitSet();
        all.set(0, text.length());
        return new MarkedText(text, all);
    }

    /// A copy of the marks.
    @Override
    public BitSet literal() {
        return (BitSet) literal.clone();
    }

    /// @param next the text that follows
    /// @return both, one after the other
    public MarkedText plus(MarkedText next) {
        BitSet marks = literal();
        int shift = text.length();
        next.literal.stream().forEach(i -> marks.set(shift + i));
        return new MarkedText(text + next.text, marks);
    }

    /// The parts, each wholly trusted or wholly literal.
    public List<MarkedText> parts() {
        List<MarkedText> parts = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            boolean marked = literal.get(from);
            int to = marked ? literal.nextClearBit(from) : literal.nextSetBit(from);
            to = to < 0 ? text.length() : to;
            String part = text.substring(from, to);
            parts.add(marked ? literal(part) : trusted(part));
            from = to;
        }
        return parts;
    }
}

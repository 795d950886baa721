package dev.vivace.chat.jinja;

import java.util.BitSet;

/// Joins texts and keeps what each character's origin is.
final class TextBuilder {
    private final StringBuilder chars = new StringBuilder();
    private final BitSet literal = new BitSet();

    TextBuilder append(Text text) {
        int base = chars.length();
        chars.append(text.chars());
        BitSet marks = text.literal();
        for (int from = marks.nextSetBit(0); from >= 0; ) {
            int to = marks.nextClearBit(from);
            literal.set(base + from, base + to);
            from = marks.nextSetBit(to);
        }
        return this;
    }

    /// Words of the template.
    TextBuilder append(String words) {
        chars.append(words);
        return this;
    }

    /// What was joined; the builder is not to be used after.
    Text text() {
        return chars.isEmpty() ? Text.EMPTY : new Text(chars.toString(), literal);
    }
}

package dev.vivace.format.gguf;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// The strings of a metadata array as a list that cannot be changed. They stay the bytes of the file and become
/// `String`s one by one, when asked for: of a vocabulary of 262,144 pieces a run needs few. Whoever only compares asks
/// for characters. Bytes that are not UTF-8 read as U+FFFD. Owns its bytes; safe for all threads.
public final class Texts extends AbstractList<String> implements RandomAccess {
    private final byte[] bytes;
    private final int[] starts; // where the length of text i stands; one more at the end
    private final @Nullable String[] made;

    /// @param bytes each text's length, eight bytes, and its bytes
    /// @param starts where each begins, and the end
    Texts(byte[] bytes, int[] starts) {
        this.bytes = bytes;
        this.starts = starts;
        this.made = new String[starts.length - 1];
    }

    @Override
    public int size() {
        return made.length;
    }

    @Override
    public String get(int index) {
        String known = made[index];
        if (known == null) {
            // Two threads may make it twice: both are the same text.
            known = new String(bytes, from(index), byteCount(index), StandardCharsets.UTF_8);
            made[index] = known;
        }
        return known;
    }

    private int from(int index) {
        return starts[index] + Long.BYTES;
    }

    /// Bytes of text `index` in UTF-8: it has no more characters than that.
    public int byteCount(int index) {
        return starts[index + 1] - from(index);
    }

    /// The first byte of text `index`, 0 to 255, or -1 where it is empty.
    public int firstByte(int index) {
        return byteCount(index) == 0 ? -1 : bytes[from(index)] & 0xFF;
    }

    /// Writes the characters of text `index` to the front of `out`, which must have room for its bytes.
    ///
    /// @return how many
    public int chars(int index, char[] out) {
        int count = 0;
        int end = starts[index + 1];
        for (int at = from(index); at < end; ) {
            int first = bytes[at];
            if (first >= 0) {
                out[count++] = (char) first;
                at++;
                continue;
            }
            int character = character(at, end);
            if (character < 0) {
                String text = get(index);
                text.getChars(0, text.length(), out, 0);
                return text.length();
            }
            out[count++] = (char) character;
            at += character < 0x800 ? 2 : 3;
        }
        return count;
    }

    /// The character of two or three bytes at `at`, or -1 where there is another thing.
    private int character(int at, int end) {
        int first = bytes[at] & 0xFF;
        int second = at + 1 < end ? bytes[at + 1] & 0xFF : 0;
        if (second >> 6 != 2) {
            return -1;
        }
        if (first >= 0xC2 && first <= 0xDF) {
            return (first & 0x1F) << 6 | second & 0x3F;
        }
        int third = at + 2 < end ? bytes[at + 2] & 0xFF : 0;
        if (first >> 4 != 0xE || third >> 6 != 2) {
            return -1;
        }
        int character = (first & 0xF) << 12 | (second & 0x3F) << 6 | third & 0x3F;
        return character < 0x800 || character >= 0xD800 && character < 0xE000 ? -1 : character;
    }

    /// Whether text `index` is the characters `[from, to)` of `text`.
    public boolean spells(int index, char[] text, int from, int to) {
        int i = from;
        int end = starts[index + 1];
        for (int at = from(index); at < end; i++) {
            int character = bytes[at] >= 0 ? bytes[at] : character(at, end);
            if (character < 0) {
                return get(index).contentEquals(java.nio.CharBuffer.wrap(text, from, to - from));
            }
            if (i == to || text[i] != character) {
                return false;
            }
            at += character < 0x80 ? 1 : character < 0x800 ? 2 : 3;
        }
        return i == to;
    }

    @Override
    public int indexOf(@Nullable Object other) {
        if (!(other instanceof String text)) {
            return -1;
        }
        char[] chars = text.toCharArray();
        for (int i = 0; i < size(); i++) {
            if (spells(i, chars, 0, chars.length)) {
                return i;
            }
        }
        return -1;
    }
}

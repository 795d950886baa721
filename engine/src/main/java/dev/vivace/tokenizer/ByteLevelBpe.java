package dev.vivace.tokenizer;

import dev.vivace.FormatException;
import dev.vivace.format.gguf.Texts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/// Byte-level BPE with ranked merges (Radford et al. 2019), as in GPT-2, Llama 3, Qwen and SmolLM: text is cut
/// into words,
/// a word is its UTF-8 bytes, each byte is written as a visible character, and pairs merge in the order of the list.
///
/// A character that needs a byte which the vocabulary lacks is read as U+FFFD, else as `?`; where neither can
/// be spelled
/// either, the missing byte gives the unknown token if there is one that is no control token, else nothing. (Others
/// leave missing bytes out silently.)
final class ByteLevelBpe implements Segmenter {
    private static final char[] SPELLED = spelled();
    private static final byte[] BYTE_OF = inverse();

    private final Vocabulary vocabulary;
    private final PieceIndex index;
    private final PreTokenizer rule;
    private final int[] byteIds = new int[256];
    private final boolean gaps;
    private final char substitute;
    private final int unknown;
    private final PairIndex merges;

    ByteLevelBpe(Vocabulary vocabulary, PieceIndex index, PreTokenizer rule) {
        this.vocabulary = vocabulary;
        this.index = index;
        this.rule = rule;
        boolean missing = false;
        for (int b = 0; b < 256; b++) {
            int id = index.find(new char[] {SPELLED[b]}, 0, 1);
            byteIds[b] = id >= 0 && vocabulary.ordinary(id) ? id : -1;
            missing |= byteIds[b] < 0;
        }
        gaps = missing;
        substitute = spellable(0xFFFD) ? '\uFFFD' : spellable('?') ? '?' : 0;
        OptionalInt harmless = vocabulary.harmlessUnknown();
        unknown = harmless.isPresent() ? harmless.getAsInt() : -1;
        merges = merges(vocabulary, index);
    }

    private static PairIndex merges(Vocabulary vocabulary, PieceIndex index) {
        List<String> merges = vocabulary.merges();
        PairIndex pairs = new PairIndex(merges.size());
        char[] joined = new char[Vocabulary.LONGEST_BYTES + 1];
        for (int rank = 0; rank < merges.size(); rank++) {
            if (longest(merges, rank) > joined.length) {
                throw broken(rank, merges.get(rank), "two pieces parted by a space");
            }
            int length = PieceIndex.chars(merges, rank, joined) - 1;
            int cut = 1;
            while (cut < length && joined[cut] != ' ') {
                cut++;
            }
            if (cut >= length || length > Vocabulary.LONGEST_PIECE) {
                throw broken(rank, merges.get(rank), "two pieces parted by a space");
            }
            System.arraycopy(joined, cut + 1, joined, cut, length - cut);
            int left = index.find(joined, 0, cut);
            int right = index.find(joined, cut, length);
            int whole = index.find(joined, 0, length);
            if (left < 0 || right < 0 || whole < 0) {
                throw broken(rank, merges.get(rank), "pieces that tokenizer.ggml.tokens has, apart and joined");
            }
            if (vocabulary.ordinary(whole)) {
                pairs.add(left, right, (long) rank << 32 | whole, "tokenizer.ggml.merges");
            }
        }
        return pairs;
    }

    /// No fewer than the room that the characters of a merge need.
    private static int longest(List<String> merges, int rank) {
        return merges instanceof Texts packed
                ? packed.byteCount(rank)
                : merges.get(rank).length();
    }

    private static FormatException broken(int rank, String merge, String expected) {
        String shown = merge.length() > 40 ? merge.substring(0, 40) + "…" : merge;
        return new FormatException("tokenizer.ggml.merges[" + rank + "] is '" + shown + "', expected " + expected);
    }

    @Override
    public void segment(char[] text, int from, int to, boolean first, IntList ids) {
        if (gaps && substitute != 0) {
            String spellable = spellable(text, from, to);
            new Words(spellable.toCharArray(), ids).cut(0, 0, spellable.length());
        } else {
            new Words(text, ids).cut(0, from, to);
        }
    }

    private String spellable(char[] text, int from, int to) {
        StringBuilder result = new StringBuilder(to - from);
        for (int i = from; i < to; i = CharClass.after(text, i, to)) {
            int codePoint = Character.codePointAt(text, i, to);
            result.appendCodePoint(spellable(codePoint) ? codePoint : substitute);
        }
        return result.toString();
    }

    private boolean spellable(int codePoint) {
        if (codePoint < 0x80) {
            return byteIds[codePoint] >= 0;
        }
        for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
            if (byteIds[b & 0xFF] < 0) {
                return false;
            }
        }
        return true;
    }

    /// The words of one text and the room to merge them in.
    private final class Words {
        private final char[] text;
        private final IntList ids;
        private final PairMerger merger = new PairMerger();
        private final PairMerger.Joins joins =
                (left, right, from, to) -> left < 0 || right < 0 ? PairMerger.NONE : merges.find(left, right);

        Words(char[] text, IntList ids) {
            this.text = text;
            this.ids = ids;
        }

        void cut(int stage, int from, int to) {
            if (stage == rule.stages().size()) {
                word(from, to);
                return;
            }
            WordSplit split = rule.stages().get(stage);
            for (int at = from; at < to; ) {
                int end = split.next(text, at, to);
                cut(stage + 1, at, end);
                at = end;
            }
        }

        private void word(int from, int to) {
            byte[] utf8 = new String(text, from, to - from).getBytes(StandardCharsets.UTF_8);
            if (rule.wholeWords() && utf8.length <= Vocabulary.LONGEST_PIECE) {
                char[] spelled = new char[utf8.length];
                for (int i = 0; i < utf8.length; i++) {
                    spelled[i] = SPELLED[utf8[i] & 0xFF];
                }
                int whole = index.find(spelled, 0, spelled.length);
                if (whole >= 0 && vocabulary.ordinary(whole)) {
                    ids.add(whole);
                    return;
                }
            }
            merger.clear();
            for (int i = 0; i < utf8.length; i++) {
                merger.add(byteIds[utf8[i] & 0xFF], i, i + 1);
            }
            merger.run(joins);
            for (int symbol = 0; symbol < merger.size(); symbol = merger.next(symbol)) {
                int id = merger.token(symbol) < 0 ? unknown : merger.token(symbol);
                if (id >= 0) {
                    ids.add(id);
                }
            }
        }
    }

    /// A piece with a character that stands for no byte was not written byte by byte: it is text as it is.
    @Override
    public byte[] bytes(String piece) {
        byte[] bytes = new byte[piece.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = piece.charAt(i);
            if (c >= BYTE_OF.length || SPELLED[BYTE_OF[c] & 0xFF] != c) {
                return piece.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = BYTE_OF[c];
        }
        return bytes;
    }

    /// GPT-2's alphabet: visible Latin-1 characters stand for themselves, the other 68 bytes for U+0100 and up.
    private static char[] spelled() {
        char[] table = new char[256];
        char next = 256;
        for (int b = 0; b < 256; b++) {
            boolean visible = (b > ' ' && b < 0x7F) || (b > 0xA0 && b != 0xAD);
            table[b] = visible ? (char) b : next++;
        }
        return table;
    }

    private static byte[] inverse() {
        byte[] table = new byte[256 + 68];
        for (int b = 0; b < 256; b++) {
            table[SPELLED[b]] = (byte) b;
        }
        return table;
    }
}

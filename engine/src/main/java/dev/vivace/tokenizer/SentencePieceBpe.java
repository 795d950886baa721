package dev.vivace.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.OptionalInt;

/// SentencePiece's BPE with scores and byte fallback (Kudo & Richardson 2018), as in Llama 1 and 2, Phi-3 and
/// Gemma: a
/// space is written `▁`, neighbours are joined when together they spell a piece, the highest score first, and what
/// stays unknown is spelled in bytes.
final class SentencePieceBpe implements Segmenter {
    private static final char SPACE = '▁';

    private final Vocabulary vocabulary;
    private final PieceIndex index;
    private final int[] orders; // per id: lower is joined earlier
    private final int longest;
    private final int[] byteIds = new int[256];
    private final boolean addSpacePrefix;
    private final BitSet beforeSpace = new BitSet(); // chars that stand before ▁ inside some piece
    private final int[] substitute;

    SentencePieceBpe(Vocabulary vocabulary, PieceIndex index) {
        this.vocabulary = vocabulary;
        this.index = index;
        this.addSpacePrefix = vocabulary.specials().addSpacePrefix();
        this.orders = new int[vocabulary.pieces().size()];
        int most = 1;
        for (int id = 0; id < orders.length; id++) {
            String piece = vocabulary.pieces().get(id);
            float score = vocabulary.scores().length == 0 ? 0 : vocabulary.scores()[id];
            orders[id] = ~sortable(score);
            if (vocabulary.ordinary(id)) {
                most = Math.max(most, piece.length());
                for (int i = piece.indexOf(SPACE, 1); i > 0; i = piece.indexOf(SPACE, i + 1)) {
                    beforeSpace.set(piece.charAt(i - 1));
                }
            }
        }
        longest = most;
        HexFormat hex = HexFormat.of().withUpperCase();
        for (int b = 0; b < 256; b++) {
            byteIds[b] = index.find("<0x" + hex.toHexDigits((byte) b) + ">");
        }
        substitute = substitute();
    }

    /// Maps floats to ints of the same order; -0 counts as 0.
    private static int sortable(float score) {
        int bits = Float.floatToIntBits(score + 0.0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private int[] substitute() {
        OptionalInt unknown = vocabulary.harmlessUnknown();
        if (unknown.isPresent()) {
            return new int[] {unknown.getAsInt()};
        }
        for (String candidate : new String[] {"\uFFFD", "?"}) {
            int id = index.find(candidate);
            if (id >= 0 && vocabulary.ordinary(id)) {
                return new int[] {id};
            }
        }
        return new int[0];
    }

    @Override
    public void segment(char[] text, int from, int to, boolean first, IntList ids) {
        int prefix = first && addSpacePrefix ? 1 : 0;
        char[] chars = new char[prefix + to - from];
        System.arraycopy(text, from, chars, prefix, to - from);
        for (int i = 0; i < chars.length; i++) {
            if (i < prefix || chars[i] == ' ') {
                chars[i] = SPACE;
            }
        }
        PairMerger merger = new PairMerger();
        PairMerger.Joins joins = (left, right, start, end) -> join(chars, start, end);
        int start = 0;
        for (int i = 1; i <= chars.length; i++) {
            if (i == chars.length || parts(chars, i)) {
                word(chars, start, i, merger, joins, ids);
                start = i;
            }
        }
    }

    /// Whether no piece can reach over the place before `i`, so that the text may be cut there: keeps heaps small.
    private boolean parts(char[] chars, int i) {
        return chars[i] == SPACE && !beforeSpace.get(chars[i - 1]);
    }

    private void word(char[] chars, int from, int to, PairMerger merger, PairMerger.Joins joins, IntList ids) {
        merger.clear();
        for (int i = from; i < to; ) {
            int end = CharClass.after(chars, i, to);
            merger.add(ordinary(chars, i, end), i, end);
            i = end;
        }
        merger.run(joins);
        for (int symbol = 0; symbol < merger.size(); symbol = merger.next(symbol)) {
            if (merger.token(symbol) >= 0) {
                ids.add(merger.token(symbol));
            } else {
                spell(new String(chars, merger.start(symbol), merger.end(symbol) - merger.start(symbol)), ids);
            }
        }
    }

    private long join(char[] chars, int from, int to) {
        if (to - from > longest) {
            return PairMerger.NONE;
        }
        int id = ordinary(chars, from, to);
        return id < 0 ? PairMerger.NONE : (long) orders[id] << 32 | id;
    }

    private int ordinary(char[] chars, int from, int to) {
        int id = index.find(chars, from, to);
        return id >= 0 && vocabulary.ordinary(id) ? id : -1;
    }

    private void spell(String character, IntList ids) {
        byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
        for (byte b : utf8) {
            if (byteIds[b & 0xFF] < 0) {
                for (int id : substitute) {
                    ids.add(id);
                }
                return;
            }
        }
        for (byte b : utf8) {
            ids.add(byteIds[b & 0xFF]);
        }
    }

    @Override
    public byte[] bytes(String piece) {
        return piece.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }
}

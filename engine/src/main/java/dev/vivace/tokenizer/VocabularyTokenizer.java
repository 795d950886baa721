package dev.vivace.tokenizer;

import dev.vivace.OptionException;
import java.util.BitSet;
import java.util.OptionalInt;

/// The tokenizer of a vocabulary: finds special tokens, hands the text between them to the [Segmenter].
final class VocabularyTokenizer implements Tokenizer {
    private static final byte[] NOTHING = {};

    private final Vocabulary vocabulary;
    private final PieceIndex index;
    private final Segmenter segmenter;
    private final SpecialTokens specials;

    VocabularyTokenizer(Vocabulary vocabulary, PieceIndex index, Segmenter segmenter) {
        this.vocabulary = vocabulary;
        this.index = index;
        this.segmenter = segmenter;
        this.specials = new SpecialTokens(vocabulary);
    }

    @Override
    public int size() {
        return vocabulary.pieces().size();
    }

    @Override
    public int[] encode(MarkedText marked) {
        char[] text = marked.text().toCharArray();
        replaceLoneSurrogates(text);
        BitSet literal = marked.literal();
        IntList ids = new IntList();
        boolean first = true;
        int from = 0;
        for (int i = 0; i < text.length; ) {
            int id = specials.at(text, i, literal);
            if (id < 0) {
                i++;
                continue;
            }
            if (from < i) {
                segmenter.segment(text, from, i, first, ids);
            }
            ids.add(id);
            first = true;
            i = specials.resume(text, id, i + piece(id).length());
            from = i;
        }
        if (from < text.length) {
            segmenter.segment(text, from, text.length, first, ids);
        }
        return ids.toArray();
    }

    private static void replaceLoneSurrogates(char[] text) {
        for (int i = 0; i < text.length; i++) {
            if (!Character.isSurrogate(text[i])) {
                continue;
            }
            if (i + 1 < text.length && Character.isSurrogatePair(text[i], text[i + 1])) {
                i++;
            } else {
                text[i] = '\uFFFD';
            }
        }
    }

    @Override
    public byte[] bytes(int id) {
        String piece = piece(id);
        return switch (vocabulary.kinds().get(id)) {
            case NORMAL, USER_DEFINED, UNUSED -> segmenter.bytes(piece);
            case BYTE -> new byte[] {(byte) Vocabulary.byteOf(piece)};
            case CONTROL -> NOTHING;
            case UNKNOWN -> new byte[] {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};
        };
    }

    @Override
    public String piece(int id) {
        return vocabulary.pieces().get(checked(id));
    }

    @Override
    public OptionalInt find(String piece) {
        int id = index.find(piece);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public TokenKind kind(int id) {
        return vocabulary.kinds().get(checked(id));
    }

    @Override
    public OptionalInt bos() {
        return vocabulary.specials().bos();
    }

    @Override
    public OptionalInt eos() {
        return vocabulary.specials().eos();
    }

    @Override
    public boolean addBos() {
        return vocabulary.specials().addBos();
    }

    @Override
    public boolean addEos() {
        return vocabulary.specials().addEos();
    }

    @Override
    public boolean addSpacePrefix() {
        return vocabulary.specials().addSpacePrefix();
    }

    @Override
    public boolean isEnd(int id) {
        return vocabulary.specials().ends().get(checked(id));
    }

    private int checked(int id) {
        if (id < 0 || id >= size()) {
            throw new OptionException("token id is " + id + ", expected 0.." + (size() - 1));
        }
        return id;
    }
}

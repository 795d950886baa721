package dev.vivace.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.format.gguf.Gguf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SentencePieceBpeTest {
    private static final Vocabulary VOCABULARY = Vocabularies.sentencePieceVocabulary(true);

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "the", " the", "cat", "c a", "c at", "  ", " ", "t", "h", "e", "a", "猫", "é", "Z", "\n", "😀")
                .list()
                .ofMaxSize(20)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 1000)
    void joinsAsTheNaiveLoopDoes(@ForAll("texts") String text) {
        Tokenizer tokenizer = Tokenizers.sentencePiece(VOCABULARY);
        List<String> expected = text.isEmpty() ? List.of() : naive(VOCABULARY, " " + text);
        assertThat(pieces(tokenizer, tokenizer.encode(text))).isEqualTo(expected);
    }

    /// Over the whole text: joins the neighbours of the best score, of equals the first, starts over; then
    /// spells bytes.
    private static List<String> naive(Vocabulary vocabulary, String text) {
        List<String> symbols = new ArrayList<>();
        text.replace(' ', '▁').codePoints().forEach(c -> symbols.add(Character.toString(c)));
        while (true) {
            float best = Float.NEGATIVE_INFINITY;
            int place = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int id = vocabulary.pieces().indexOf(symbols.get(i) + symbols.get(i + 1));
                boolean usable = id >= 0
                        && vocabulary.kinds().get(id) != TokenKind.CONTROL
                        && vocabulary.kinds().get(id) != TokenKind.BYTE;
                if (usable && vocabulary.scores()[id] > best) {
                    best = vocabulary.scores()[id];
                    place = i;
                }
            }
            if (place < 0) {
                break;
            }
            symbols.set(place, symbols.get(place) + symbols.remove(place + 1));
        }
        List<String> pieces = new ArrayList<>();
        for (String symbol : symbols) {
            if (vocabulary.pieces().contains(symbol)) {
                pieces.add(symbol);
                continue;
            }
            for (byte b : symbol.getBytes(StandardCharsets.UTF_8)) {
                pieces.add(String.format("<0x%02X>", b));
            }
        }
        return pieces;
    }

    @Test
    void theVocabularyInTheJarJoinsAsTheNaiveLoopDoes() throws IOException {
        try (InputStream in = Vocabulary.class.getResourceAsStream("/dev/vivace/stories260k.gguf");
                Gguf gguf = Gguf.read("stories260k.gguf", in)) {
            Vocabulary vocabulary = GgufVocabulary.sentencePiece(gguf.metadata());
            Tokenizer tokenizer = Tokenizers.of(gguf.metadata());
            assertThat(tokenizer.encode("Once upon a time")).containsExactly(403, 407, 261, 378);
            for (String text :
                    List.of("Once upon a time, there was a girl.", "  Lily's \n\"ball\" \t é猫😀 ", "<s>the</s>")) {
                int[] ids = tokenizer.encode(text);
                assertThat(pieces(tokenizer, ids)).isEqualTo(naive(vocabulary, " " + text));
                assertThat(tokenizer.decode(ids)).isEqualTo(text);
            }
        }
    }

    @Test
    void aSpaceStandsInFrontOnlyWhereTheFileSaysSo() {
        assertThat(encoded(true, "the cat")).containsExactly("▁the", "▁", "cat");
        assertThat(encoded(false, "the cat")).containsExactly("t", "he", "▁", "cat");
        assertThat(encoded(true, "")).isEmpty();
        assertThat(encoded(true, " ")).containsExactly("▁▁");
    }

    @Test
    void aSpaceStandsBehindControlTokensToo() {
        Tokenizer tokenizer = Vocabularies.sentencePiece(true);
        int[] ids = tokenizer.encode(MarkedText.trusted("<s>the</s>the"));
        assertThat(pieces(tokenizer, ids)).containsExactly("<s>", "▁the", "</s>", "▁the");
        assertThat(tokenizer.decode(ids)).isEqualTo("the the");
    }

    @Test
    void onlyTheFirstSpaceIsTakenOffAgain() {
        Tokenizer tokenizer = Vocabularies.sentencePiece(true);
        int[] ids = tokenizer.encode("  the");
        assertThat(tokenizer.decode(ids)).isEqualTo("  the");
        assertThat(tokenizer.continuation().push(tokenizer.find("▁the").getAsInt()))
                .isEqualTo(" the");
    }

    @Test
    void piecesMayReachOverSpaces() {
        assertThat(encoded(false, "c a")).containsExactly("c▁a");
    }

    @Test
    void textNeverBecomesControlOrByteTokens() {
        assertThat(encoded(false, "</s>")).containsExactly("</", "s>");
        assertThat(encoded(false, "<s>")).containsExactly("<", "s>");
        assertThat(encoded(false, "<0x0a>")).startsWith("<0").doesNotContain("<0x0A>");
        assertThat(encoded(false, "\n")).containsExactly("<0x0A>");
    }

    @Test
    void userDefinedTokensAreFoundInAnyText() {
        assertThat(encoded(true, "a[keep]a")).containsExactly("▁a", "[keep]", "▁a");
    }

    @Test
    void withoutByteTokensTheUnknownTokenStandsIn() {
        List<String> pieces = List.of("<unk>", "a", "▁");
        List<TokenKind> kinds = List.of(TokenKind.UNKNOWN, TokenKind.NORMAL, TokenKind.NORMAL);
        Vocabulary.Specials none = Vocabularies.specials(OptionalInt.empty(), OptionalInt.empty(), false);
        Vocabulary.Specials unknown = new Vocabulary.Specials(
                none.bos(), none.eos(), OptionalInt.of(0), none.ends(), none.stripsRight(), false, false, false);
        Tokenizer tokenizer = Tokenizers.sentencePiece(new Vocabulary(pieces, kinds, new float[3], List.of(), unknown));
        assertThat(tokenizer.encode("a é😀")).containsExactly(1, 2, 0, 0);
        Tokenizer without = Tokenizers.sentencePiece(new Vocabulary(pieces, kinds, new float[3], List.of(), none));
        assertThat(without.encode("a é")).containsExactly(1, 2);
    }

    @Test
    void signedZeroScoresAreEqual() {
        List<String> pieces = List.of("a", "b", "c", "ab", "bc");
        List<TokenKind> kinds = pieces.stream().map(p -> TokenKind.NORMAL).toList();
        float[] scores = {0, 0, 0, -0.0f, 0.0f};
        Tokenizer tokenizer = Tokenizers.sentencePiece(new Vocabulary(
                pieces,
                kinds,
                scores,
                List.of(),
                Vocabularies.specials(OptionalInt.empty(), OptionalInt.empty(), false)));
        assertThat(tokenizer.encode("abc")).containsExactly(3, 2);
    }

    private static List<String> encoded(boolean addSpacePrefix, String text) {
        Tokenizer tokenizer = Vocabularies.sentencePiece(addSpacePrefix);
        return pieces(tokenizer, tokenizer.encode(text));
    }

    private static List<String> pieces(Tokenizer tokenizer, int[] ids) {
        return IntStream.of(ids).mapToObj(tokenizer::piece).toList();
    }
}

package dev.vivace.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
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

class ByteLevelBpeTest {
    private static final Vocabulary LEARNT =
            Vocabularies.learnt(Vocabularies.alphabet(), "the cat and the other cat sat there 猫は猫 ".repeat(3), 60);

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("the ", "cat", "sat", " the", "re", "o", "h", "e", " ", "猫", "は", "\n", "'s", "é", "12")
                .list()
                .ofMaxSize(25)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 1000)
    void mergesAsTheNaiveLoopDoes(@ForAll("texts") String text) {
        Tokenizer tokenizer = Tokenizers.byteLevel(LEARNT, PreTokenizer.named("gpt-2"));
        List<String> expected = new ArrayList<>();
        WordSplitTest.cut("gpt-2", text).forEach(word -> expected.addAll(naive(word)));
        assertThat(pieces(tokenizer, tokenizer.encode(text))).isEqualTo(expected);
    }

    /// Scans the whole word for the merge of the lowest rank, joins its first place, starts over.
    private static List<String> naive(String word) {
        List<String> symbols = new ArrayList<>();
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(Vocabularies.byteAlphabet(b & 0xFF));
        }
        while (true) {
            int best = Integer.MAX_VALUE;
            int place = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank = LEARNT.merges().indexOf(symbols.get(i) + " " + symbols.get(i + 1));
                if (rank >= 0 && rank < best) {
                    best = rank;
                    place = i;
                }
            }
            if (place < 0) {
                return symbols;
            }
            symbols.set(place, symbols.get(place) + symbols.remove(place + 1));
        }
    }

    @Test
    void everyByteHasTheSpellingThatGpt2Gave() {
        Tokenizer tokenizer = Vocabularies.byteLevel("gpt-2");
        for (int b = 0; b < 256; b++) {
            int id = tokenizer.find(Vocabularies.byteAlphabet(b)).getAsInt();
            assertThat(tokenizer.bytes(id)).containsExactly((byte) b);
        }
        assertThat(tokenizer.find("Ġ")).hasValue(' ');
        assertThat(tokenizer.bytes(tokenizer.find("[keep]").getAsInt()))
                .isEqualTo("[keep]".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void pieceWithAForeignCharacterIsTextAsItIs() {
        Vocabulary odd = with(Vocabularies.alphabet(), List.of("▁x", "aĠb"), List.of());
        Tokenizer tokenizer = Tokenizers.byteLevel(odd, PreTokenizer.named("gpt-2"));
        assertThat(new String(tokenizer.bytes(256), StandardCharsets.UTF_8)).isEqualTo("▁x");
        assertThat(new String(tokenizer.bytes(257), StandardCharsets.UTF_8)).isEqualTo("a b");
    }

    @Test
    void wholeWordsWinOverMergesWhereTheRuleSaysSo() {
        Vocabulary vocabulary = with(Vocabularies.alphabet(), List.of("Ġab", "ab", "abc"), List.of("a b"));
        assertThat(encoded(vocabulary, "gpt-2", "abc abc")).containsExactly("ab", "c", "Ġ", "ab", "c");
        assertThat(encoded(vocabulary, "llama-bpe", "abc abc")).containsExactly("abc", "Ġ", "ab", "c");
    }

    @Test
    void charactersWithMissingBytesBecomeTheReplacementCharacter() {
        List<String> alphabet = Vocabularies.alphabet();
        alphabet.set(4, "hole"); // U+0004
        alphabet.set(0xA9, "hole too"); // the second byte of é
        Tokenizer tokenizer = Tokenizers.byteLevel(with(alphabet, List.of(), List.of()), PreTokenizer.named("gpt-2"));
        assertThat(tokenizer.decode(tokenizer.encode("a\u0004bé\u00E8"))).isEqualTo("a\uFFFDb\uFFFD\u00E8");
    }

    @Test
    void withoutAReplacementCharacterAQuestionMarkStandsIn() {
        List<String> alphabet = Vocabularies.alphabet();
        alphabet.set(0xBF, "hole");
        Tokenizer tokenizer = Tokenizers.byteLevel(with(alphabet, List.of(), List.of()), PreTokenizer.named("gpt-2"));
        assertThat(tokenizer.decode(tokenizer.encode("a\u00FFb"))).isEqualTo("a?b");
    }

    @Test
    void withNeitherTheUnknownTokenStandsInUnlessItIsAControlToken() {
        List<String> pieces = List.of("a", "b", "<unk>");
        assertThat(tiny(pieces, TokenKind.UNKNOWN).encode("aéb")).containsExactly(0, 2, 2, 1);
        assertThat(tiny(pieces, TokenKind.UNKNOWN).decode(new int[] {0, 2, 1})).isEqualTo("a\uFFFDb");
        assertThat(tiny(pieces, TokenKind.CONTROL).encode("aéb")).containsExactly(0, 1);
    }

    private static Tokenizer tiny(List<String> pieces, TokenKind last) {
        Vocabulary.Specials none = Vocabularies.specials(OptionalInt.empty(), OptionalInt.empty(), false);
        Vocabulary.Specials unknown = new Vocabulary.Specials(
                none.bos(), none.eos(), OptionalInt.of(2), none.ends(), none.stripsRight(), false, false, false);
        List<TokenKind> kinds = List.of(TokenKind.NORMAL, TokenKind.NORMAL, last);
        return Tokenizers.byteLevel(
                new Vocabulary(pieces, kinds, new float[0], List.of(), unknown), PreTokenizer.named("gpt-2"));
    }

    @Test
    void mergesNeverMakeControlTokens() {
        List<String> pieces = new ArrayList<>(Vocabularies.alphabet());
        pieces.addAll(List.of("s>", "<s>"));
        List<TokenKind> kinds = new ArrayList<>();
        pieces.forEach(p -> kinds.add(p.equals("<s>") ? TokenKind.CONTROL : TokenKind.NORMAL));
        Vocabulary vocabulary = new Vocabulary(
                pieces,
                kinds,
                new float[0],
                List.of("s >", "< s>"),
                Vocabularies.specials(OptionalInt.of(257), OptionalInt.empty(), false));
        for (String rule : List.of("gpt-2", "llama-bpe")) {
            Tokenizer tokenizer = Tokenizers.byteLevel(vocabulary, PreTokenizer.named(rule));
            assertThat(tokenizer.encode("<s>")).doesNotContain(257);
            assertThat(tokenizer.encode(MarkedText.trusted("<s>"))).containsExactly(257);
        }
    }

    @Test
    void brokenMergesAreNamed() {
        for (String merge : List.of("ab", "a", "", " ", "a ", "a zz", "zz a", "x y")) {
            Vocabulary vocabulary = with(Vocabularies.alphabet(), List.of("ab"), List.of("a b", merge));
            assertThatThrownBy(() -> Tokenizers.byteLevel(vocabulary, PreTokenizer.named("gpt-2")))
                    .as("merge '%s'", merge)
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("tokenizer.ggml.merges[1] is '" + merge + "'");
        }
    }

    private static List<String> encoded(Vocabulary vocabulary, String rule, String text) {
        Tokenizer tokenizer = Tokenizers.byteLevel(vocabulary, PreTokenizer.named(rule));
        return pieces(tokenizer, tokenizer.encode(text));
    }

    private static List<String> pieces(Tokenizer tokenizer, int[] ids) {
        return IntStream.of(ids).mapToObj(tokenizer::piece).toList();
    }

    private static Vocabulary with(List<String> alphabet, List<String> more, List<String> merges) {
        List<String> pieces = new ArrayList<>(alphabet);
        pieces.addAll(more);
        List<TokenKind> kinds = pieces.stream().map(p -> TokenKind.NORMAL).toList();
        return new Vocabulary(
                pieces,
                kinds,
                new float[0],
                merges,
                Vocabularies.specials(OptionalInt.empty(), OptionalInt.empty(), false));
    }
}

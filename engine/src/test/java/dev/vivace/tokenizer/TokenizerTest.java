package dev.vivace.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.CapacityException;
import dev.vivace.OptionException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for every tokenizer, tried on the small ones of both kinds.
class TokenizerTest {
    private static final Tokenizer BYTES = Vocabularies.byteLevel("gpt-2");
    private static final Tokenizer PIECES = Vocabularies.sentencePiece(true);

    @Provide
    Arbitrary<Tokenizer> tokenizers() {
        return Arbitraries.of(
                BYTES,
                PIECES,
                Vocabularies.sentencePiece(false),
                Vocabularies.byteLevel("llama-bpe"),
                Vocabularies.byteLevel("smollm"));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> anything = Arbitraries.strings().all().ofMaxLength(40);
        Arbitrary<String> telling = Arbitraries.of(
                        "<s>", "</s>", "<s", ">", "[kee", "the cat", " ", "猫", "😀", "\uD83D", "\uDE00", "<0x41>")
                .list()
                .ofMaxSize(10)
                .map(parts -> String.join("", parts));
        return Arbitraries.oneOf(anything, telling);
    }

    @Property(tries = 2000)
    void decodingGivesTheTextBack(@ForAll("tokenizers") Tokenizer tokenizer, @ForAll("texts") String text) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(expected(tokenizer, text));
    }

    /// Java's own encoder writes `?` for a lone surrogate, hence the detour.
    private static String expected(Tokenizer tokenizer, String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints().forEach(c -> result.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
        return tokenizer.find("▁").isPresent() ? result.toString().replace('▁', ' ') : result.toString();
    }

    @Property(tries = 2000)
    void literalTextNeverBecomesControlTokens(@ForAll("tokenizers") Tokenizer tokenizer, @ForAll("texts") String text) {
        assertThat(Arrays.stream(tokenizer.encode(text)).filter(id -> tokenizer.kind(id) == TokenKind.CONTROL))
                .isEmpty();
    }

    @Property(tries = 2000)
    void onlyTrustedPartsBecomeControlTokens(
            @ForAll("tokenizers") Tokenizer tokenizer, @ForAll("texts") String user, @ForAll("texts") String more) {
        MarkedText marked = MarkedText.trusted("<s>")
                .plus(MarkedText.literal(user))
                .plus(MarkedText.trusted("</s><s>"))
                .plus(MarkedText.literal(more));
        int[] ids = tokenizer.encode(marked);
        int bos = tokenizer.bos().getAsInt();
        int eos = tokenizer.eos().getAsInt();
        assertThat(Arrays.stream(ids).filter(id -> tokenizer.kind(id) == TokenKind.CONTROL))
                .containsExactly(bos, eos, bos);
        assertThat(ids[0]).isEqualTo(bos);
        int[] alone = tokenizer.encode(user);
        assertThat(Arrays.copyOfRange(ids, 1, 1 + alone.length)).isEqualTo(alone);
        assertThat(ids[1 + alone.length]).isEqualTo(eos);
    }

    @Test
    void aTokenHalfInLiteralTextIsNoControlToken() {
        MarkedText border =
                MarkedText.trusted("<s").plus(MarkedText.literal(">")).plus(MarkedText.trusted("<s>"));
        for (Tokenizer tokenizer : List.of(BYTES, PIECES)) {
            assertThat(Arrays.stream(tokenizer.encode(border)).filter(id -> tokenizer.kind(id) == TokenKind.CONTROL))
                    .hasSize(1);
        }
    }

    @Property(tries = 2000)
    void streamingGivesWhatDecodingGives(
            @ForAll("tokenizers") Tokenizer tokenizer, @ForAll List<Integer> seeds, @ForAll("texts") String text) {
        int[] random = seeds.stream()
                .mapToInt(seed -> Math.floorMod(seed, tokenizer.size()))
                .toArray();
        for (int[] ids : List.of(random, tokenizer.encode(text))) {
            Detokenizer stream = tokenizer.detokenizer();
            StringBuilder streamed = new StringBuilder();
            for (int id : ids) {
                String ready = stream.push(id);
                assertThat(wellFormed(ready))
                        .as("'%s' splits no surrogate pair", ready)
                        .isTrue();
                streamed.append(ready);
            }
            streamed.append(stream.finish());
            assertThat(streamed.toString()).isEqualTo(tokenizer.decode(ids)).isEqualTo(atOnce(tokenizer, ids));
        }
    }

    private static boolean wellFormed(String text) {
        return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    }

    /// All bytes put together first, then decoded by the JDK.
    private static String atOnce(Tokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(ids).forEach(id -> all.writeBytes(tokenizer.bytes(id)));
        String text = all.toString(StandardCharsets.UTF_8);
        return tokenizer.addSpacePrefix() && text.startsWith(" ") ? text.substring(1) : text;
    }

    @Test
    void aCharacterComesOutWhenItsLastByteIsThere() {
        Detokenizer stream = BYTES.detokenizer();
        int[] ids = {0xF0, 0x9F, 0x98, 0x80, 0xE7, 'a', 0xF0, 0x9F};
        List<String> ready = Arrays.stream(ids)
                .mapToObj(b ->
                        stream.push(BYTES.find(Vocabularies.byteAlphabet(b)).getAsInt()))
                .toList();
        assertThat(ready).containsExactly("", "", "", "😀", "", "\uFFFDa", "", "");
        assertThat(stream.finish()).isEqualTo("\uFFFD");
        assertThat(stream.finish()).isEmpty();
        assertThat(stream.push(BYTES.find("a").getAsInt())).isEqualTo("a");
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        for (int id : new int[] {-1, BYTES.size(), Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> BYTES.decode(new int[] {id}))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining("token id is " + id + ", expected 0.." + (BYTES.size() - 1));
        }
        assertThat(BYTES.find("no such piece")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a", " ", "e\u0301", "\u0301", "😀", "\n", "<s>", "<", "'", "0", "猫", "\uD800", "\uDC00", "[keep",
                "the "
            })
    void aMegabyteOfOneThingTakesNoLongerThanText(String unit) {
        String text = unit.repeat((1 << 20) / unit.length());
        for (Tokenizer tokenizer :
                List.of(BYTES, PIECES, Vocabularies.byteLevel("llama-bpe"), Vocabularies.byteLevel("smollm"))) {
            int[] ids = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> tokenizer.encode(text));
            assertThat(tokenizer.decode(ids)).isEqualTo(expected(tokenizer, text));
        }
    }

    @Test
    void aWordBeyondTheLimitIsRefused() {
        assertThatThrownBy(() -> BYTES.encode("a".repeat((1 << 23) + 1)))
                .isInstanceOf(CapacityException.class)
                .hasMessageContaining("a word of more than 8388608 symbols");
    }
}

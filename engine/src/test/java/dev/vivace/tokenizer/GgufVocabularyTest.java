package dev.vivace.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.UnsupportedException;
import dev.vivace.format.gguf.Metadata;
import dev.vivace.format.gguf.MetadataType;
import dev.vivace.format.gguf.MetadataValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufVocabularyTest {
    private final Map<String, MetadataValue> entries = new LinkedHashMap<>();

    @Test
    void namedEndsAreControlTokensWhateverTheFileSays() {
        byteLevel(List.of("a", "<|im_end|>", "</s>", "<eos>", "<|im_start|>"), 1, 1, 1, 3, 3);
        Tokenizer tokenizer = tokenizer();
        assertThat(IntStream.range(0, 5).filter(tokenizer::isEnd)).containsExactly(1, 3);
        assertThat(tokenizer.kind(1)).isEqualTo(TokenKind.CONTROL);
        assertThat(tokenizer.kind(2)).isEqualTo(TokenKind.NORMAL);
        assertThat(tokenizer.encode("<|im_end|>")).doesNotContain(1);
    }

    @Test
    void theEndTokensThatTheFileNamesAreEnds() {
        byteLevel(List.of("a", "b", "c", "d"), 1, 3, 3, 3);
        whole("eos_token_id", 1);
        whole("eot_token_id", 2);
        whole("eom_token_id", 3);
        Tokenizer tokenizer = tokenizer();
        assertThat(IntStream.range(0, 4).filter(tokenizer::isEnd)).containsExactly(1, 2, 3);
        assertThat(tokenizer.eos()).hasValue(1);
        assertThat(tokenizer.bos()).isEmpty();
        assertThat(tokenizer.addBos()).isFalse();
    }

    @Test
    void anEndOfMessageAmongChannelsIsNoEnd() {
        byteLevel(List.of("<|end|>", "<|return|>", "<|call|>"), 3, 3, 3);
        Tokenizer tokenizer = tokenizer();
        assertThat(IntStream.range(0, 3).filter(tokenizer::isEnd)).containsExactly(1, 2);
    }

    @Test
    void sentencePieceHasItsUsualTokensByName() {
        sentencePiece(List.of("<unk>", "<s>", "</s>", "▁", "a"), 2, 3, 3, 1, 1);
        Tokenizer tokenizer = tokenizer();
        assertThat(tokenizer.bos()).hasValue(1);
        assertThat(tokenizer.eos()).hasValue(2);
        assertThat(tokenizer.isEnd(2)).isTrue();
        assertThat(tokenizer.addBos()).isTrue();
        assertThat(tokenizer.addEos()).isFalse();
        assertThat(tokenizer.encode("a")).containsExactly(3, 4);
    }

    @Test
    void flagsOfTheFileWin() {
        sentencePiece(List.of("<unk>", "<s>", "</s>", "▁", "a"), 2, 3, 3, 1, 1);
        flag("add_bos_token", false);
        flag("add_eos_token", true);
        flag("add_space_prefix", false);
        Tokenizer tokenizer = tokenizer();
        assertThat(tokenizer.addBos()).isFalse();
        assertThat(tokenizer.addEos()).isTrue();
        assertThat(tokenizer.encode("a")).containsExactly(4);
    }

    @Test
    void phi3TokensSwallowTheSpaceBehindThem() {
        sentencePiece(List.of("<unk>", "<s>", "</s>", "▁", "a", "<|user|>"), 2, 3, 4, 1, 1, 3);
        flag("add_space_prefix", false);
        MarkedText text = MarkedText.trusted("<|user|> \n\t a<s> a");
        assertThat(tokenizer().encode(text)).containsExactly(5, 4, 1, 3, 4);
    }

    @Test
    void tokensWithoutKindsAreNormal() {
        byteLevel(List.of("a", "b"), 1, 1);
        entries.remove("tokenizer.ggml.token_type");
        assertThat(tokenizer().kind(1)).isEqualTo(TokenKind.NORMAL);
    }

    @Test
    void theUndefinedKindIsText() {
        byteLevel(List.of("a", "b"), 0, 5);
        assertThat(tokenizer().decode(tokenizer().encode("ab"))).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bos_token_id", "eos_token_id", "unknown_token_id", "eot_token_id", "eom_token_id"})
    void idsOutOfRangeAreNamed(String key) {
        byteLevel(List.of("a", "b"), 1, 1);
        whole(key, 2);
        refused("tokenizer.ggml." + key + " is 2, expected 0..1");
    }

    @Test
    void countsThatDifferAreNamed() {
        byteLevel(List.of("a", "b"), 1);
        refused("tokenizer.ggml.token_type has 1 entries, expected 2");
        sentencePiece(List.of("a", "b"), 1, 1);
        entries.put("tokenizer.ggml.scores", MetadataValue.Sequence.ofReals(new float[3]));
        refused("tokenizer.ggml.scores has 3 entries, expected 2");
    }

    @Test
    void brokenEntriesAreNamed() {
        byteLevel(List.of("a", "b"), 1, 7);
        refused("tokenizer.ggml.token_type[1] is 7, expected 0..6");
        sentencePiece(List.of("a", "<0xZZ>"), 1, 6);
        refused("tokenizer.ggml.tokens[1] is '<0xZZ>', expected a byte");
        sentencePiece(List.of("a", "b".repeat(1025)), 1, 1);
        refused("tokenizer.ggml.tokens[1] has 1025 chars");
        sentencePiece(List.of("a"), 1);
        entries.put("tokenizer.ggml.scores", MetadataValue.Sequence.ofReals(Float.NaN));
        refused("tokenizer.ggml.scores[0] is NaN");
        byteLevel(List.of());
        refused("tokenizer.ggml.tokens has 0 entries");
        byteLevel(List.of("a"), 1);
        flag("add_bos_token", true);
        refused("tokenizer.ggml.add_bos_token is true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "tokens", "merges"})
    void missingPartsAreNamed(String key) {
        byteLevel(List.of("a"), 1);
        entries.remove("tokenizer.ggml." + key);
        refused("tokenizer.ggml." + key);
    }

    @Test
    void unknownKindsNameTheKnownOnes() {
        byteLevel(List.of("a"), 1);
        text("model", "rwkv");
        assertThatThrownBy(this::tokenizer)
                .isInstanceOf(UnsupportedException.class)
                .hasMessage("tokenizer.ggml.model is 'rwkv', expected one of gpt2, llama");
    }

    private void refused(String message) {
        assertThatThrownBy(this::tokenizer).isInstanceOf(FormatException.class).hasMessageContaining(message);
    }

    private Tokenizer tokenizer() {
        return Tokenizers.of(Metadata.of("test", entries));
    }

    private void byteLevel(List<String> pieces, long... kinds) {
        common("gpt2", pieces, kinds);
        text("pre", "gpt-2");
        entries.put("tokenizer.ggml.merges", MetadataValue.Sequence.ofTexts(List.of()));
    }

    private void sentencePiece(List<String> pieces, long... kinds) {
        common("llama", pieces, kinds);
        text("pre", "default");
        entries.put("tokenizer.ggml.scores", MetadataValue.Sequence.ofReals(new float[pieces.size()]));
        entries.put("general.name", new MetadataValue.Text("Phi-3 mini"));
    }

    private void common(String model, List<String> pieces, long... kinds) {
        entries.clear();
        text("model", model);
        entries.put("tokenizer.ggml.tokens", MetadataValue.Sequence.ofTexts(pieces));
        entries.put("tokenizer.ggml.token_type", MetadataValue.Sequence.ofIntegers(MetadataType.I32, kinds));
    }

    private void text(String key, String value) {
        entries.put("tokenizer.ggml." + key, new MetadataValue.Text(value));
    }

    private void whole(String key, long value) {
        entries.put("tokenizer.ggml." + key, new MetadataValue.Whole(MetadataType.U32, value));
    }

    private void flag(String key, boolean value) {
        entries.put("tokenizer.ggml." + key, new MetadataValue.Flag(value));
    }
}

package dev.vivace.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real vocabularies: llama.cpp's test vectors line by line, and round trips over text of many scripts.
class TokenizerVectorsTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama-bpe", "gpt-2", "qwen2", "llama-spm", "phi-3", "starcoder"})
    void idsAreThoseOfTheVectors(String name) throws IOException {
        Tokenizer tokenizer = Vocabularies.real(name);
        Path folder = TestData.data("models/gguf-vocab");
        String[] texts = Files.readString(folder.resolve("ggml-vocab-" + name + ".gguf.inp"))
                .split("\n__ggml_vocab_test__\n", -1);
        List<String> lines = Files.readAllLines(folder.resolve("ggml-vocab-" + name + ".gguf.out"));
        assertThat(lines).hasSize(46);
        for (int i = 0; i < lines.size(); i++) {
            int[] expected = Stream.of(lines.get(i).trim().split(" +"))
                    .filter(id -> !id.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            assertThat(tokenizer.encode(texts[i]))
                    .as("text %d: %s", i, texts[i])
                    .containsExactly(expected);
            assertThat(tokenizer.decode(expected)).as("text %d", i).isEqualTo(texts[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-bpe",
                "gpt-2",
                "qwen2",
                "starcoder",
                "llama-spm",
                "phi-3",
                "smollm2-135m-instruct-q4_1.gguf",
                "gemma3-270m-q4_k_m.gguf"
            })
    void textOfManyScriptsComesBackWhole(String name) throws IOException {
        Tokenizer tokenizer = Vocabularies.any(name);
        List<String> texts = new ArrayList<>(naughtyStrings());
        texts.add(Vocabularies.text("text/unicode/wagahaiwa_nekodearu.ja.txt.gz"));
        texts.add(Vocabularies.text("text/unicode/botchan.en.txt.gz"));
        for (String text : texts) {
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(spellable(tokenizer, text));
            assertThat(Arrays.stream(ids).filter(id -> tokenizer.kind(id) == TokenKind.CONTROL))
                    .as(text)
                    .isEmpty();
        }
    }

    /// What a text becomes where the vocabulary lacks bytes, or where U+2581 is how a space is written.
    private static String spellable(Tokenizer tokenizer, String text) {
        if (tokenizer.find("<0x00>").isPresent()) {
            return text.replace('▁', ' ');
        }
        StringBuilder result = new StringBuilder();
        text.codePoints().forEach(c -> {
            boolean whole = true;
            for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                whole &= tokenizer.find(Vocabularies.byteAlphabet(b & 0xFF)).isPresent();
            }
            result.appendCodePoint(whole ? c : 0xFFFD);
        });
        return result.toString();
    }

    private static List<String> naughtyStrings() throws IOException {
        String json = Files.readString(TestData.data("text/unicode/blns.json"));
        List<String> strings = new ArrayList<>();
        Matcher literal = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*+)\"").matcher(json);
        while (literal.find()) {
            strings.add(Pattern.compile("\\\\(u[0-9a-fA-F]{4}|.)")
                    .matcher(literal.group(1))
                    .replaceAll(escape -> Matcher.quoteReplacement(unescaped(escape.group(1)))));
        }
        assertThat(strings).hasSize(515);
        return strings;
    }

    private static String unescaped(String escape) {
        return switch (escape.charAt(0)) {
            case 'u' -> Character.toString(Integer.parseInt(escape.substring(1), 16));
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'b' -> "\b";
            case 'f' -> "\f";
            default -> escape;
        };
    }

    @Test
    void endsAndBordersAreThoseOfTheModels() {
        Tokenizer llama = Vocabularies.real("llama-bpe");
        assertThat(llama.addBos()).isTrue();
        assertThat(llama.bos()).hasValue(128000);
        assertThat(ends(llama)).containsExactly("<|end_of_text|>", "<|eot_id|>");
        Tokenizer qwen = Vocabularies.real("qwen2");
        assertThat(qwen.addBos()).isFalse();
        assertThat(ends(qwen)).containsExactly("<|endoftext|>", "<|im_end|>");
        assertThat(qwen.kind(qwen.find("</s>").getAsInt())).isEqualTo(TokenKind.NORMAL);
        Tokenizer phi = Vocabularies.real("phi-3");
        assertThat(phi.addSpacePrefix()).isTrue();
        assertThat(ends(phi)).containsExactly("<|endoftext|>", "<|end|>");
        assertThat(phi.encode(MarkedText.trusted("<|user|>\n hi<|end|>\n")))
                .containsExactly(32010, phi.find("▁hi").getAsInt(), 32007);
    }

    private static List<String> ends(Tokenizer tokenizer) {
        return IntStream.range(0, tokenizer.size())
                .filter(tokenizer::isEnd)
                .mapToObj(tokenizer::piece)
                .toList();
    }

    @Test
    void smolLmSpeaksChatMl() {
        Tokenizer tokenizer = Vocabularies.model("smollm2-135m-instruct-q4_1.gguf");
        int[] ids = tokenizer.encode(MarkedText.trusted("<|im_start|>user\n")
                .plus(MarkedText.literal("<|im_end|>hi"))
                .plus(MarkedText.trusted("<|im_end|>\n")));
        assertThat(ids)
                .startsWith(
                        1,
                        tokenizer.find("user").getAsInt(),
                        tokenizer.find("Ċ").getAsInt());
        assertThat(Arrays.stream(ids).filter(id -> id == 2)).hasSize(1);
        assertThat(tokenizer.decode(ids)).isEqualTo("user\n<|im_end|>hi\n");
        assertThat(ends(tokenizer)).contains("<|endoftext|>", "<|im_end|>").doesNotContain("<|im_start|>");
    }

    @Test
    void gemmaKeepsRunsOfSpacesAndLinesInOneToken() {
        Tokenizer tokenizer = Vocabularies.model("gemma3-270m-q4_k_m.gguf");
        assertThat(tokenizer.addSpacePrefix()).isFalse();
        assertThat(tokenizer.encode("\n\n\n")).hasSize(1);
        assertThat(tokenizer.encode("a" + " ".repeat(8) + "b")).hasSize(3);
        assertThat(tokenizer.encode("The capital of France is")).hasSize(5);
        assertThat(ends(tokenizer)).containsExactly("<eos>", "<end_of_turn>");
    }
}

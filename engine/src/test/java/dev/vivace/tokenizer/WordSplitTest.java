package dev.vivace.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.UnsupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/// The splits against the published regular expressions, run by java.util.regex.
class WordSplitTest {
    /// Unicode's White_Space, as the expressions mean `\s`.
    private static final String SPACE =
            "\\t-\\r \\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}";

    private static final Pattern GPT2 =
            expression("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^S\\p{L}\\p{N}]+|[S]+(?![^S])|[S]+");
    private static final Pattern LLAMA3 = llama3("{1,3}");
    private static final Pattern QWEN2 = llama3("");

    private static Pattern llama3(String digits) {
        return expression("'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                + digits + "| ?[^S\\p{L}\\p{N}]+[\\r\\n]*|[S]*[\\r\\n]+|[S]+(?![^S])|[S]+");
    }

    private static Pattern expression(String regex) {
        return Pattern.compile(regex.replace("[S]", "[" + SPACE + "]").replace("[^S", "[^" + SPACE));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> tricky = Arbitraries.of(
                " ", "  ", "   ", "\n", "\r", "\t", "'", "'s", "'S", "'ll", "'rE", "'v", "a", "Zé", "猫", "ひ", "1", "23",
                "４", "Ⅷ", "½", ".", "!?", "😀", "\u0301", "\u200D", "\u00A0", "\u3000", "\u001C", "\u0085", "𝒜", "𝟘",
                "\u0378");
        return tricky.list().ofMaxSize(14).map(parts -> String.join("", parts));
    }

    @Property(tries = 3000)
    void gpt2CutsAsItsExpression(@ForAll("texts") String text) {
        assertThat(cut("gpt-2", text)).isEqualTo(matches(GPT2, text));
    }

    @Property(tries = 3000)
    void llama3CutsAsItsExpression(@ForAll("texts") String text) {
        assertThat(cut("llama-bpe", text)).isEqualTo(matches(LLAMA3, text));
    }

    @Property(tries = 3000)
    void qwen2CutsAsItsExpression(@ForAll("texts") String text) {
        assertThat(cut("qwen2", text)).isEqualTo(matches(QWEN2, text));
    }

    @Property(tries = 3000)
    void smollmSetsDigitsApartFirst(@ForAll("texts") String text) {
        List<String> expected = new ArrayList<>();
        for (String part : matches(Pattern.compile("\\p{N}|\\P{N}+"), text)) {
            expected.addAll(matches(GPT2, part));
        }
        assertThat(cut("smollm", text)).isEqualTo(expected);
    }

    @Test
    void wordsAreThoseOfThePapers() {
        assertThat(cut("gpt-2", "Hello  world's 1234!\n\n x"))
                .containsExactly("Hello", " ", " world", "'s", " 1234", "!", "\n\n", " x");
        assertThat(cut("llama-bpe", "Hello  WORLD'S 1234!\n\n x"))
                .containsExactly("Hello", " ", " WORLD", "'S", " ", "123", "4", "!\n\n", " x");
        assertThat(cut("qwen2", "12 ab")).containsExactly("1", "2", " ab");
        assertThat(cut("smollm", "a  12 b")).containsExactly("a", "  ", "1", "2", " b");
    }

    @Test
    void anUnknownRuleNamesTheKnownOnes() {
        assertThatThrownBy(() -> PreTokenizer.named("tuba"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("tokenizer.ggml.pre is 'tuba'")
                .hasMessageContaining("llama-bpe");
    }

    private static List<String> matches(Pattern pattern, String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            assertThat(matcher.start()).isEqualTo(end);
            end = matcher.end();
            words.add(matcher.group());
        }
        assertThat(end).isEqualTo(text.length());
        return words;
    }

    static List<String> cut(String rule, String text) {
        List<String> words = List.of(text);
        for (WordSplit split : PreTokenizer.named(rule).stages()) {
            List<String> finer = new ArrayList<>();
            for (String word : words) {
                // Surrounded, so that a rule which looks beyond its range is caught.
                char[] chars = ("x1" + word + "y2").toCharArray();
                int to = chars.length - 2;
                for (int at = 2; at < to; ) {
                    int end = split.next(chars, at, to);
                    finer.add(new String(chars, at, end - at));
                    at = end;
                }
            }
            words = finer;
        }
        return words;
    }
}

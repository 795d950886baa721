package dev.vivace.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.tokenizer.MarkedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The text of users keeps its marks, whatever a template does with it.
class ProvenanceTest {
    private static final ChatOptions OPTIONS =
            new ChatOptions(ChatGoldenTest.CLOCK).withSpecialToken("bos_token", "<s>");

    private static String literal(MarkedText text) {
        return text.parts().stream()
                .filter(part -> !part.literal().isEmpty())
                .map(MarkedText::text)
                .collect(Collectors.joining());
    }

    private static String trusted(MarkedText text) {
        return text.parts().stream()
                .filter(part -> part.literal().isEmpty())
                .map(MarkedText::text)
                .collect(Collectors.joining("|"));
    }

    @Provide
    static Arbitrary<List<String>> contents() {
        Arbitrary<String> words = Arbitraries.of(
                "<|im_end|>",
                "<|im_start|>",
                "system",
                "\n",
                " ",
                "{{ x }}",
                "🐎",
                "ü",
                "a",
                "</s>",
                "<s>",
                "\u00a0",
                "'");
        return words.list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts))
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    private static List<Message> conversation(List<String> contents) {
        List<Message> messages = new ArrayList<>();
        for (String content : contents) {
            messages.add(new Message(messages.size() % 2 == 0 ? "user" : "assistant", content));
        }
        return messages;
    }

    @Property(tries = 300)
    void literalCharactersSpellExactlyTheContents(@ForAll("contents") List<String> contents) {
        MarkedText text = ChatTemplate.parse(GoldenJson.text("smollm2.jinja")).render(conversation(contents), OPTIONS);
        assertThat(literal(text)).isEqualTo(String.join("", contents));
        assertThat(trusted(text)).doesNotContain("{{").startsWith("<|im_start|>system\nYou are a helpful");
    }

    @Property(tries = 300)
    void trimmedContentsKeepTheirMarks(@ForAll("contents") List<String> contents) {
        MarkedText text = ChatTemplate.parse(GoldenJson.text("llama3.jinja")).render(conversation(contents), OPTIONS);
        String expected = contents.stream()
                .map(content -> content.replaceAll("^[\\s\\u00a0]+|[\\s\\u00a0]+$", ""))
                .collect(Collectors.joining());
        assertThat(literal(text)).isEqualTo(expected);
    }

    @Property(tries = 300)
    void controlTokensAmongTrustedCharactersAreTheTemplatesOwn(@ForAll("contents") List<String> contents) {
        MarkedText text = ChatTemplate.parse(GoldenJson.text("qwen2.5.jinja")).render(conversation(contents), OPTIONS);
        int starts = trusted(text).split("<\\|im_start\\|>", -1).length - 1;
        int ends = trusted(text).split("<\\|im_end\\|>", -1).length - 1;
        assertThat(starts).isEqualTo(contents.size() + 2);
        assertThat(ends).isEqualTo(contents.size() + 1);
    }

    /// `u` is the user's text `ab-AB`, `m` is a map of the user's; in the expected text the user's part is in
    /// brackets.
    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "{{ u }}→[ab-AB]",
                "{{ 'x' + u + 'y' }}→x[ab-AB]y",
                "{{ u[1:3] }}{{ 'xyz'[1:] }}→[b-]yz",
                "{{ ('x' + u)[::-1] }}→[BA-ba]x",
                "{{ ('<' + u + '>').split('-') | join('=') }}→<[ab]=[AB]>",
                "{{ ('  x' + u + ' ') | trim }}→x[ab-AB]",
                "{{ u | replace('-', '+') }}→[ab]+[AB]",
                "{{ 'a-b' | replace('-', u) }}→a[ab-AB]b",
                "{{ u[0] ~ 1 ~ none ~ u.split('-')[1] }}→[a]1None[AB]",
                "{% for c in u %}{{ c }}.{% endfor %}→[a].[b].[-].[A].[B].",
                "{{ u | upper }}{{ 'x' | upper }}→[AB-AB]X",
                "{{ [u, 'x'] }}→`[['ab-AB', 'x']]`",
                "{{ {'k': u} | tojson }}{{ {'k': 'x'} | tojson }}→`[{\"k\": \"ab-AB\"}]{\"k\": \"x\"}`",
                "{{ '%s!' % u }}{{ '{}!'.format('x') }}→[ab-AB!]x!",
                "{{ ['x', u, 'y'] | join(', ') }}→`x, [ab-AB], y`",
                "{% set q %}<{{ u }}>{% endset %}{{ q }}→<[ab-AB]>",
                "{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f(u) }}→<[ab-AB]>",
                "{% set ns = namespace(t='') %}{% set ns.t = ns.t + u %}{{ ns.t + 'x' }}→[ab-AB]x",
                "{% filter indent(1, true) %}{{ u }}{% endfilter %}→` [ab-AB]`",
                "{{ m.keys() | list | first }}={{ m.values() | first }}→[key]=[value]",
                "{% for k, v in m | dictsort %}{{ k }}:{{ v }}{% endfor %}→[key]:[value]",
                "{{ [u, u] | map('replace', 'a', 'x') | first }}→x[b-AB]",
                "{{ u | reverse }}→[BA-ba]",
                "{{ u * 2 }}→[ab-ABab-AB]",
                "{{ u if u == 'ab-AB' else 'no' }}→[ab-AB]",
                "{{ {u: 1} | first }}→[ab-AB]",
                "{{ u.partition('-')[1] }}{{ u.partition('-')[2] }}→-[AB]",
                "{{ u.removeprefix('ab') }}{{ u | first }}{{ u | last }}→[-ABaB]",
                "{{ u.center(7) }}|{{ '7'.zfill(2) }}→` [ab-AB] |07`",
                "{{ bos_token }}{{ strftime_now('%Y') }}→<s>2024",
                "{{ u | e }}{{ u | string }}{{ u | default('x') }}→[ab-ABab-ABab-AB]",
            })
    void stringsKeepTheirOrigin(String template, String expected) {
        ChatOptions options = OPTIONS.withVariable("u", "ab-AB").withVariable("m", Map.of("key", "value"));
        StringBuilder shown = new StringBuilder();
        for (MarkedText part :
                ChatTemplate.parse(template).render(List.of(), options).parts()) {
            shown.append(part.literal().isEmpty() ? part.text() : "[" + part.text() + "]");
        }
        assertThat(shown.toString()).isEqualTo(expected);
    }

    @Test
    void wellKnownRolesMayMakeControlTokensAndOthersMayNot() {
        ChatTemplate template = ChatTemplate.parse("{% for m in messages %}{{ '<|' + m.role + '|>' }}{% endfor %}");
        MarkedText text = template.render(List.of(new Message("user", ""), new Message("endoftext", "")), OPTIONS);
        assertThat(text.text()).isEqualTo("<|user|><|endoftext|>");
        assertThat(literal(text)).isEqualTo("endoftext");
        assertThat(trusted(text)).isEqualTo("<|user|><|" + "|" + "|>");
    }
}

package dev.vivace.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.FormatException;
import dev.vivace.OptionException;
import dev.vivace.UnsupportedException;
import dev.vivace.VivaceException;
import dev.vivace.chat.jinja.Names;
import dev.vivace.tokenizer.MarkedText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Templates that are wrong, or mean harm, end soon with one sentence.
class HostileTemplateTest {
    private static final ChatOptions OPTIONS = new ChatOptions(ChatGoldenTest.CLOCK)
            .withSpecialToken("bos_token", "<s>")
            .withVariable("text", "some text of a user, with 'quotes' and 🐎")
            .withVariable("list", List.of(1, 2.5, "three", Map.of("four", List.of())))
            .withVariable("map", Map.of("a", 1, "b", Map.of("c", "d")));
    private static final List<Message> MESSAGES = List.of(new Message("user", "Hi"), new Message("assistant", "Ho"));

    private static MarkedText render(String template) {
        return ChatTemplate.parse(template).render(MESSAGES, OPTIONS);
    }

    /// Runs on a stack of half the usual size, within a time that a loop without end would pass.
    private static <T> T confined(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(null, task, "confined", 512 << 10);
        thread.setDaemon(true);
        thread.start();
        return Assertions.assertTimeoutPreemptively(Duration.ofSeconds(30), () -> task.get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(x) %}{{ g(x) }}{% endmacro %}{% macro g(x) %}{{ f([x]) }}{% endmacro %}{{ f(1) }}",
                "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}"
                        + "{% endmacro %}{{ g() }}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}"
                        + "{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{{ 'x' * 1000 }}{% endfor %}{% endfor %}",
                "{{ 'x' * 9999999999 }}",
                "{{ 'x' * 999999999 * 0 }}",
                "{{ [0] * 999999999 }}",
                "{{ range(999999999) }}",
                "{{ range(-9223372036854775807, 9223372036854775807) }}",
                "{{ ('%999999d' % 1) * 999 }}",
                "{{ 'x' | center(999999999) }}",
                "{{ 'x'.ljust(9999999999999) }}",
                "{{ ('x' * 9999) | indent(1000) | list | tojson(indent='xxxxxxxxxxxxxxxx' * 999999) }}",
                "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(90) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}"
                        + "{{ ns.s }}",
                "{% set ns = namespace(s=[1]) %}{% for i in range(90) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}"
                        + "{{ ns.s | tojson }}",
                "{% set ns = namespace(s=[1], t=[1]) %}{% for i in range(90) %}{% set ns.s = [ns.s, ns.s] %}"
                        + "{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}{{ ns.s < ns.t }}",
                "{% set ns = namespace(s=(1,)) %}{% for i in range(90) %}{% set ns.s = (ns.s, ns.s) %}{% endfor %}"
                        + "{{ {ns.s: 1} }}",
                "{% set ns = namespace(s=1) %}{% for i in range(999) %}{% set ns.s = [ns.s] %}{% endfor %}",
                "{% set ns = namespace(s=1) %}{% for i in range(999) %}{% set ns.s = dict(a=ns.s) %}{% endfor %}",
                "{% macro f() %}{{ varargs }}{% set ns.s = varargs %}{% endmacro %}{% set ns = namespace(s=1) %}"
                        + "{% for i in range(999) %}{% set q = f(ns.s) %}{% endfor %}{{ ns.s }}",
                "{% set ns = namespace() %}{% set ns.s = ns %}{{ ns }}",
                "{% set a = namespace() %}{% set b = namespace(a=[a]) %}{% set a.b = {'b': b} %}{{ [a] }}",
                "{% set s = 'ab' * 9000000 %}{{ s.replace('a', s) }}",
                "{% set s = 'a' * 900000 %}{{ s in s + 'b' }}"
                        + "{% for i in range(999) %}{{ (s + 'b') in s + s }}{% endfor %}",
                "{% set s = 'a' * 900000 %}{{ (s | list | length) }}{{ (s | list | length) }}",
                "{{ ('a ' * 5000000).split() | length }}{{ ('a,' * 5000000).split(',') | length }}",
                "{{ 9223372036854775807 + 1 }}",
                "{{ 99999999999999999999 }}",
                "{{ -9223372036854775807 - 2 }}",
                "{{ 10 ** 99999999 }}",
                "{{ (-9223372036854775807 - 1) // -1 }}",
                "{{ text.zfill(99999999999) }}",
                "{{ [2, 1, 'x'] | sort }}",
                "{{ list | batch(0) }}",
                "{{ raise_exception('no') }}",
            })
    void endsWithOneSentence(String template) {
        assertThatThrownBy(() -> confined(() -> render(template)))
                .cause()
                .isInstanceOf(VivaceException.class)
                .hasMessageContaining("line 1");
    }

    @Test
    void deepNestingIsRefusedBeforeTheStackEnds() {
        for (String open : List.of("(", "[", "{1:", "not ", "-", "x[", "x(", "1 if ", "x|default(", "(1,")) {
            assertRefused("{{ " + open.repeat(20_000));
        }
        assertRefused("{{ 1" + " if 1 else 2".repeat(20_000) + " }}");
        for (String open : List.of("{% if x %}", "{% for a in b %}", "{% set x %}", "{% macro m() %}", "{% with %}")) {
            assertRefused(open.repeat(20_000));
        }
        assertRefused("{% for " + "(".repeat(20_000));
        assertRefused("{{ x" + ".a".repeat(20_000) + " }}");
        assertRefused("{{ 1" + " + 1".repeat(20_000) + " }}");
        assertRefused("{{ 1" + "|string".repeat(20_000) + " }}");
        assertRefused("{% set x" + " | upper".repeat(20_000) + " %}{% endset %}");
        assertRefused("{{ 1" + " and 1".repeat(20_000) + " }}");
        assertRefused("x".repeat((1 << 20) + 1));
    }

    private static void assertRefused(String template) {
        assertThatThrownBy(() -> confined(() -> render(template))).cause().isInstanceOf(VivaceException.class);
    }

    @Test
    void aDeepMacroWithinTheLimitsNeedsNoMoreThanASmallStack() {
        String template = "{% macro f(n) %}{% if n > 0 %}{% for i in [1] %}{{ (([f(n - 1)] | first) ~ '') | upper }}"
                + "{% endfor %}{% endif %}{% endmacro %}";
        int deepest = IntStream.range(1, 200)
                .filter(n -> confined(() -> ends(template + "{{ f(" + n + ") }}")))
                .max()
                .orElse(0);
        assertThat(deepest).isBetween(20, 199);
    }

    private static boolean ends(String template) {
        try {
            render(template);
            return true;
        } catch (FormatException e) {
            return false;
        }
    }

    @Test
    void longChainsOfOrdinaryLengthWork() {
        assertThat(render("{{ 'a'" + " + 'a'".repeat(200) + " }}").text()).isEqualTo("a".repeat(201));
        assertThat(render("{{ 'a'" + " ~ 'a'".repeat(20_000) + " }}").text()).isEqualTo("a".repeat(20_001));
        assertThat(render("{% if no %}{% endif %}x".repeat(20_000)).text()).isEqualTo("x".repeat(20_000));
        assertThat(render("{% if no %}" + "{% elif no %}".repeat(20_000) + "{% else %}x{% endif %}")
                        .text())
                .isEqualTo("x");
        assertThat(render("{{ 1" + "_1".repeat(8) + " }}").text()).isEqualTo("1".repeat(9));
    }

    @Test
    void bigConversationsAreRendered() {
        List<Message> messages = IntStream.range(0, 400)
                .mapToObj(i -> new Message(i % 2 == 0 ? "user" : "assistant", "word ".repeat(2_000)))
                .toList();
        for (String file : List.of("smollm2.jinja", "llama3.jinja", "llama3.1.jinja", "qwen2.5.jinja")) {
            String text = ChatTemplate.parse(GoldenJson.text(file))
                    .render(messages, OPTIONS)
                    .text();
            assertThat(text).hasSizeGreaterThan(3_999_000);
        }
    }

    @Test
    void errorsNameTheLineAndWhatIsSupported() {
        assertThatThrownBy(() -> render("a\n\n{% include 'x' %}"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage(
                        "Chat template, line 3: the tag 'include' is not supported; supported are for, if, set, macro,"
                                + " call, filter, with, raw, generation, break and continue.");
        assertThatThrownBy(() -> render("\n{{ x | groupby('y') }}"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("line 2: the filter 'groupby'")
                .hasMessageContaining("tojson, trim, unique");
        assertThatThrownBy(() -> render("{{ x is wordy }}"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("'is wordy'")
                .hasMessageContaining("mapping");
        assertThatThrownBy(() -> render("\n\n\n{% for m in messages %}\n{{ m.contents.x }}{% endfor %}"))
                .isInstanceOf(FormatException.class)
                .hasMessage("Chat template, line 5: a map has no 'contents'.");
        assertThatThrownBy(() -> render("{% if x %}\n\n"))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("'{% endif %}' is missing");
        assertThatThrownBy(() -> render("{% macro m(a) %}\n{{ a.b }}{% endmacro %}\n{{ m(1).c.d }}\n{{ m() }}"))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void theTemplatesOwnRefusalIsPassedOn() {
        assertThatThrownBy(() -> render("\n{{ raise_exception('Roles must alternate, ' + messages[0].role) }}"))
                .isInstanceOf(OptionException.class)
                .hasMessage("The chat template refuses this conversation (line 2): Roles must alternate, user");
    }

    @Test
    void wrongVariablesAreNamed() {
        ChatTemplate template = ChatTemplate.parse("{{ x }}");
        assertThatThrownBy(() -> template.render(MESSAGES, OPTIONS.withVariable("x", new Object())))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("'x'");
        Object deep = List.of();
        for (int i = 0; i < 5_000; i++) {
            deep = List.of(deep);
        }
        ChatOptions options = OPTIONS.withVariable("x", deep);
        assertThatThrownBy(() -> template.render(MESSAGES, options))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("nests deeper");
    }

    private static final List<String> WORDS = Stream.concat(
                    Stream.of(
                                    "{{ }} {% %} {# #} - + {%- -%} if else elif endif for in endfor set",
                                    "endset macro endmacro call endcall filter endfilter raw endraw",
                                    "with endwith generation break continue is not and or none true x",
                                    "text list map messages message loop namespace range dict ns caller",
                                    ". , : | ~ * ** / // % ( ) [ ] { } = == != < >= 'a' \" ' \\ 1 0 2.5",
                                    "1e3 0x 99999999999 🐎 trim tojson join map('upper') sort length",
                                    "selectattr('role') defined string odd strftime_now raise_exception",
                                    "split items() upper()")
                            .flatMap(line -> Stream.of(line.split(" "))),
                    Stream.of("\n", " ", "\u0000"))
            .toList();

    @Provide
    static Arbitrary<String> garbage() {
        return Arbitraries.of(WORDS).list().ofMaxSize(40).map(parts -> String.join(" ", parts));
    }

    @Property(tries = 4_000)
    void garbageGivesTextOrOneSentence(@ForAll("garbage") String template) {
        check(template);
    }

    @Provide
    static Arbitrary<String> expressions() {
        return expressions(3);
    }

    private static Arbitrary<String> expressions(int depth) {
        Arbitrary<String> leaves = Arbitraries.of(
                "1",
                "0",
                "-3",
                "2.5",
                "'ab c'",
                "''",
                "text",
                "list",
                "map",
                "none",
                "true",
                "nothing",
                "messages",
                "[1, 'b']",
                "(1, 2)",
                "{'a': 1}",
                "'nan' | float",
                "1e308",
                "range(3)",
                "map.items()",
                "range",
                "namespace(a=1)",
                "bos_token");
        if (depth == 0) {
            return leaves;
        }
        Arbitrary<String> inner = expressions(depth - 1);
        return Arbitraries.oneOf(
                leaves,
                Combinators.combine(
                                inner,
                                Arbitraries.of(
                                        "+", "-", "*", "/", "//", "%", "**", "~", "==", "<", "in", "not in", "and",
                                        "or"),
                                inner)
                        .as((a, operator, b) -> "(" + a + ") " + operator + " (" + b + ")"),
                Combinators.combine(inner, Arbitraries.of(Names.filters()), inner)
                        .as((a, filter, b) -> "(" + a + ") | " + filter + "(" + b + ")"),
                Combinators.combine(inner, Arbitraries.of(Names.filters()))
                        .as((a, filter) -> "(" + a + ") | " + filter),
                Combinators.combine(inner, Arbitraries.of(Names.methods()), inner)
                        .as((a, method, b) -> "(" + a + ")." + method + "(" + b + ")"),
                Combinators.combine(inner, inner, inner).as((a, b, c) -> "(" + a + ")[" + b + ":" + c + "]"),
                Combinators.combine(inner, Arbitraries.of(Names.tests()), inner)
                        .as((a, test, b) -> "(" + a + ") is " + test + "(" + b + ")"));
    }

    @Property(tries = 4_000)
    void randomExpressionsGiveTextOrOneSentence(@ForAll("expressions") String expression) {
        check("{{ " + expression + " }}{% for a in " + expression + " %}{{ a }}{% endfor %}");
    }

    /// Whatever the template, it gives text or one of our own errors.
    static void check(String template) {
        try {
            MarkedText text = render(template);
            assertThat(text.literal().length()).isLessThanOrEqualTo(text.text().length());
        } catch (VivaceException e) {
            assertThat(e).hasMessageContaining("line ");
        }
    }
}

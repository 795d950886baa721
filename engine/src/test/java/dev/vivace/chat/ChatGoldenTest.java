package dev.vivace.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.VivaceException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Templates against what Python's jinja2 makes of them with the settings of `transformers`.
class ChatGoldenTest {
    static final Clock CLOCK = Clock.fixed(Instant.parse("2024-07-26T09:05:03Z"), ZoneOffset.UTC);

    @TestFactory
    Stream<DynamicTest> expressionsGiveWhatPythonGives() {
        Map<?, ?> golden = GoldenJson.read("expressions.json");
        ChatOptions options = new ChatOptions(true, Map.of(), strings(get(golden, "variables")), CLOCK);
        return cases(golden).map(one -> {
            String source = (String) get(one, "template");
            // The golden expressions know no conversation, so the template is told that there is none.
            return DynamicTest.dynamicTest("template " + source, () -> compare(one, source, List.of(), options));
        });
    }

    @TestFactory
    Stream<DynamicTest> conversationsGiveWhatPythonGives() {
        return cases(GoldenJson.read("conversations.json")).map(one -> {
            String file = (String) get(one, "file");
            return DynamicTest.dynamicTest(
                    file + ": " + one.get("name"), () -> conversation(one, GoldenJson.text(file)));
        });
    }

    static void conversation(Map<?, ?> one, String source) {
        Map<String, Object> variables = strings(get(one, "variables"));
        List<?> all = (List<?>) get(variables, "messages");
        List<Message> messages = all.stream().map(ChatGoldenTest::message).toList();
        boolean prompt = (Boolean) get(variables, "add_generation_prompt");
        Map<String, String> tokens = Map.of(
                "bos_token", (String) get(variables, "bos_token"), "eos_token", (String) get(variables, "eos_token"));
        List.of("messages", "add_generation_prompt", "bos_token", "eos_token").forEach(variables::remove);
        compare(one, source, messages, new ChatOptions(prompt, tokens, variables, CLOCK));
    }

    private static Message message(Object fields) {
        Map<String, Object> all = strings(fields);
        String role = (String) get(all, "role");
        all.remove("role");
        return new Message(role, all);
    }

    private static void compare(Map<?, ?> one, String source, List<Message> messages, ChatOptions options) {
        if (one.containsKey("fails")) {
            assertThatThrownBy(() -> ChatTemplate.parse(source).render(messages, options))
                    .as("Python: " + one.get("fails"))
                    .isInstanceOf(VivaceException.class);
        } else {
            assertThat(ChatTemplate.parse(source).render(messages, options).text())
                    .isEqualTo(one.get("output"));
        }
    }

    private static Object get(Map<?, ?> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    private static Stream<Map<?, ?>> cases(Map<?, ?> golden) {
        return ((List<?>) get(golden, "cases")).stream().map(one -> (Map<?, ?>) one);
    }

    private static Map<String, Object> strings(Object map) {
        Map<String, Object> strings = new LinkedHashMap<>();
        ((Map<?, ?>) map).forEach((key, value) -> strings.put((String) key, value));
        return strings;
    }
}

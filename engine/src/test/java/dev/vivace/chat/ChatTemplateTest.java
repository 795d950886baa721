package dev.vivace.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.OptionException;
import dev.vivace.TestData;
import dev.vivace.format.gguf.Gguf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
    private static final ChatOptions OPTIONS = new ChatOptions(ChatGoldenTest.CLOCK);

    @Test
    void oneTemplateServesManyThreads() {
        ChatTemplate template = ChatTemplate.parse(GoldenJson.text("llama3.1.jinja"));
        List<String> texts = IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> template.render(List.of(new Message("user", "number " + i)), OPTIONS)
                        .text())
                .toList();
        for (int i = 0; i < texts.size(); i++) {
            assertThat(texts.get(i)).contains("\n\nnumber " + i + "<|eot_id|>");
        }
    }

    @Test
    void theFixtureIsWhatTheModelsFileSays() {
        try (Gguf file = Gguf.open(TestData.model("smollm2-135m-instruct-q4_1.gguf"))) {
            assertThat(file.metadata().text("tokenizer.chat_template")).isEqualTo(GoldenJson.text("smollm2.jinja"));
        }
    }

    @Test
    void toolsAndDocumentsAreNoneUnlessGiven() {
        ChatTemplate template =
                ChatTemplate.parse("{{ tools is none }} {{ documents is none }} {{ add_generation_prompt }}");
        assertThat(template.render(List.of(), OPTIONS).text()).isEqualTo("True True True");
        ChatOptions given = OPTIONS.withVariable("tools", List.of(1)).withGenerationPrompt(false);
        assertThat(template.render(List.of(), given).text()).isEqualTo("False True False");
    }

    @Test
    void nullAndTheEmptyOptionalAreBothNone() {
        Map<String, Object> fields = new HashMap<>();
        fields.put("content", null);
        ChatTemplate template = ChatTemplate.parse("{{ messages[0].content }}{{ messages[0].name }}");
        Message message = new Message("assistant", fields).with("name", Optional.empty());
        assertThat(template.render(List.of(message), OPTIONS).text()).isEqualTo("NoneNone");
    }

    @Test
    void aMessageIsNotChangedByItsMaker() {
        Map<String, Object> fields = new HashMap<>(Map.of("content", "before"));
        Message message = new Message("user", fields);
        fields.put("content", "after");
        assertThat(message.fields()).containsEntry("content", "before");
        assertThat(message.with("content", "new").fields()).containsEntry("content", "new");
        assertThat(message.fields()).containsEntry("content", "before");
    }

    @Test
    void aRoleIsGivenOnce() {
        assertThatThrownBy(() -> new Message("user", Map.of("role", "system", "content", "x")))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("'user'");
    }
}

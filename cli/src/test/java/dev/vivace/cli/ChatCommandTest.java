package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatCommandTest {
    @TempDir
    private Path folder;

    private String model;

    @BeforeEach
    void writeModel() throws Exception {
        model = Outcome.templateModel(folder).toString();
    }

    private Outcome chat(String... lines) {
        return Outcome.of(String.join("\n", lines) + "\n", Map.of(), "chat", "-m", model, "-t", "0", "-n", "6");
    }

    private String raw(String text) {
        return Outcome.of("run", "-m", model, "--raw", text, "-t", "0", "-n", "6", "-q")
                .out();
    }

    @Test
    void each_turn_sees_the_turns_before_and_computes_only_what_is_new() {
        Outcome chat = chat("Hello", "And you?", "/stats");
        assertThat(chat.code()).isZero();
        String first = raw("user: Hello\nassistant:");
        String second = raw("user: Hello\nassistant:" + first + "\nuser: And you?\nassistant:");
        assertThat(chat.out()).isEqualTo(first + "\n" + second + "\n");
        assertThat(chat.err()).containsPattern("prompt: \\d+ tokens .*\\(\\d+ more were stored\\); answer: 6 tokens");
    }

    @Test
    void a_model_without_a_template_continues_what_is_typed() {
        Outcome chat = Outcome.of("Once upon a\n time\n", Map.of(), "chat", "-t", "0", "-n", "1");
        assertThat(chat.out()).isEqualTo(" time\n,\n");
        assertThat(chat.err()).hasLineCount(1).contains("no chat template");
        Outcome system = Outcome.of("", Map.of(), "chat", "--system", "x");
        assertThat(system.code()).isEqualTo(2);
    }

    @Test
    void reset_system_and_regen_shape_the_conversation() {
        String kind = raw("system: Be kind.\nuser: Hi\nassistant:");
        assertThat(chat("Bye", "/system Be kind.", "Hi", "/regen", "/reset", "Hi")
                        .out())
                .isEqualTo(raw("user: Bye\nassistant:") + "\n" + (kind + "\n").repeat(3));
        assertThat(chat("/system", "/regen").err()).contains("(no system message)", "no answer yet");
    }

    @Test
    void options_change_during_the_chat_and_a_wrong_value_changes_nothing() {
        Outcome chat =
                chat("/set max-tokens 1", "/set top-p 7", "/set wings 2", "/set x", "Hi", "/set stop e", "/help");
        String whole = raw("user: Hi\nassistant:");
        assertThat(whole).startsWith(chat.out().stripTrailing());
        assertThat(chat.err())
                .contains("vivace: top-p=7, expected", "Unknown option: '--wings=2'", "x has no value", "/quit");
    }

    @Test
    void a_conversation_is_saved_and_taken_up_again() throws Exception {
        Path file = folder.resolve("chat.json");
        Outcome first = chat("Hello", "/save " + file, "And you?");
        JsonNode saved = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(saved.get("messages").size()).isEqualTo(2);
        assertThat(saved.get("messages").get(1).get("content").asString()).isEqualTo(raw("user: Hello\nassistant:"));
        Outcome second = chat("/load " + file, "And you?");
        assertThat(first.out()).endsWith(second.out());
    }

    @Test
    void what_goes_wrong_is_told_and_the_chat_goes_on() throws Exception {
        Path list = Files.writeString(folder.resolve("list.json"), "{\"messages\":[{\"role\":\"king\"}]}");
        Path text = Files.writeString(folder.resolve("text.json"), "no json");
        Outcome chat = chat(
                "/dance",
                "/save",
                "/load " + list,
                "/load " + text,
                "/load " + folder.resolve("none"),
                "word ".repeat(600),
                "",
                "Hi",
                "/quit",
                "never said");
        assertThat(chat.code()).isZero();
        assertThat(chat.out()).isEqualTo(raw("user: Hi\nassistant:") + "\n");
        assertThat(chat.err())
                .contains("/dance is no command", "/save needs more", "message 0 has role \"king\"", "is no JSON")
                .contains("none cannot be read", "the context holds")
                .hasLineCount(6);
    }

    @Test
    void a_backslash_goes_on_with_the_next_line() {
        assertThat(chat("Hi\\", "there").out()).isEqualTo(raw("user: Hi\nthere\nassistant:") + "\n");
    }
}

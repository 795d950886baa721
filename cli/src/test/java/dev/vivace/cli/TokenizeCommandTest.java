package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizeCommandTest {
    @Test
    void text_becomes_tokens_of_the_model_inside_the_jar_and_back() {
        Outcome ids = Outcome.of("tokenize", "--ids", "Once upon a time");
        assertThat(ids.err()).isEmpty();
        assertThat(ids.out()).isEqualTo("403 407 261 378\n");
        assertThat(Outcome.of("tokenize", "--decode", ids.out()).out()).isEqualTo("Once upon a time\n");
        assertThat(Outcome.of("tokenize", "--decode", "403,407, 261").out()).isEqualTo("Once upon a\n");
        assertThat(Outcome.of("tokenize", "Once upon a time").out()).startsWith("    403  \u2581Once\n");
    }

    @Test
    void the_begin_token_comes_on_request_and_control_tokens_only_when_asked() {
        assertThat(Outcome.of("tokenize", "--ids", "--bos", "Once").out()).isEqualTo("1 403\n");
        assertThat(Outcome.of("tokenize", "--ids", "--special", "</s>").out().split(" "))
                .contains("2\n");
        assertThat(Outcome.of("tokenize", "--ids", "</s>").out().strip().split(" "))
                .doesNotContain("2");
    }

    @Test
    void standard_input_and_json_serve_programs() {
        Outcome shown = Outcome.of("Once\n", Map.of(), "tokenize", "-", "--json");
        JsonNode root = JsonMapper.shared().readTree(shown.out());
        assertThat(root.get("count").asInt()).isEqualTo(root.get("tokens").size());
        assertThat(root.get("tokens").get(0).get("id").asInt()).isEqualTo(403);
        assertThat(root.get("tokens").get(0).get("kind").asString()).isEqualTo("normal");
        JsonNode back = JsonMapper.shared()
                .readTree(Outcome.of("tokenize", "--decode", "403", "--json").out());
        assertThat(back.get("text").asString()).isEqualTo("Once");
    }

    @Test
    void wrong_input_gets_one_sentence() {
        refused("expected one of them", "tokenize");
        refused("expected one of them", "tokenize", "text", "--decode", "1");
        refused(
                "token id \"512\" is not in this vocabulary, expected a number from 0 to 511",
                "tokenize",
                "--decode",
                "1 512");
        refused("token id \"x\"", "tokenize", "--decode", "x");
        refused("does not exist", "tokenize", "-m", "none.gguf", "text");
    }

    private static void refused(String sentence, String... arguments) {
        Outcome outcome = Outcome.of(arguments);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("vivace: ").contains(sentence).hasLineCount(1);
    }
}

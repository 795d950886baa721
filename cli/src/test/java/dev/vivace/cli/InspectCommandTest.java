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

class InspectCommandTest {
    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void copyModel() throws Exception {
        model = Outcome.storyModel(folder);
    }

    @Test
    void shows_the_shape_the_types_and_the_metadata() {
        Outcome shown = Outcome.of("inspect", model.toString());
        assertThat(shown.err()).isEmpty();
        assertThat(shown.code()).isZero();
        assertThat(shown.out())
                .containsPattern("architecture +llama")
                .containsPattern("layers +5\n")
                .containsPattern("heads +8, 4 for keys and values")
                .containsPattern("F32 +47")
                .contains("general.architecture (string) = llama")
                .doesNotContain("blk.0.attn_q.weight");
        assertThat(Outcome.of("inspect", "-m", model.toString(), "--tensors").out())
                .containsPattern("blk\\.0\\.attn_q\\.weight +F32 +64 x 64 +16\\.0 KiB");
    }

    @Test
    void json_is_one_object_with_the_same_facts() {
        Outcome shown = Outcome.of("", Map.of("VIVACE_MODEL", model.toString()), "inspect", "--json", "--tensors");
        assertThat(shown.code()).isZero();
        JsonNode root = JsonMapper.shared().readTree(shown.out());
        assertThat(root.get("architecture").asString()).isEqualTo("llama");
        assertThat(root.get("layers").asInt()).isEqualTo(5);
        assertThat(root.get("tokenizer").get("vocabulary").asInt()).isEqualTo(512);
        assertThat(root.get("metadata").get("llama.block_count").asInt()).isEqualTo(5);
        assertThat(root.get("metadata").get("tokenizer.ggml.tokens").get("size").asInt())
                .isEqualTo(512);
        long elements = 0;
        for (JsonNode tensor : root.get("tensors")) {
            long product = 1;
            for (JsonNode dimension : tensor.get("dimensions")) {
                product *= dimension.asLong();
            }
            elements += product;
        }
        assertThat(root.get("parameters").asLong()).isEqualTo(elements);
    }

    @Test
    void bad_files_get_one_sentence() throws Exception {
        Outcome missing = Outcome.of("inspect", folder.resolve("none.gguf").toString());
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err())
                .startsWith("vivace: ")
                .contains("does not exist")
                .hasLineCount(1);
        Path text = Files.writeString(folder.resolve("text.gguf"), "this is not a model, only some text");
        Outcome damaged = Outcome.of("inspect", text.toString());
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.err())
                .startsWith("vivace: ")
                .contains("is no GGUF file")
                .hasLineCount(1);
        assertThat(damaged.out()).isEmpty();
    }
}

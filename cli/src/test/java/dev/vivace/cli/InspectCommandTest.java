package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.format.gguf.GgufWriter;
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
                .contains("general.architecture (string) = llama", "tokenizer.ggml.tokens (array of string, 512)")
                .containsPattern("memory +.* of .* free: weights .* for 512 positions \\(640 B each\\)")
                .doesNotContain("cannot run")
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
        // 5 layers, keys and values, 4 heads of 8, two bytes each.
        assertThat(root.get("memory").get("cache_bytes_per_token").asInt()).isEqualTo(5 * 2 * 4 * 8 * 2);
        assertThat(root.get("memory").get("fits").asBoolean()).isTrue();
        assertThat(root.get("cannot_run").isNull()).isTrue();
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

    @Test
    void a_model_that_cannot_run_is_shown_with_the_reason() throws Exception {
        Path coloured = folder.resolve("coloured.gguf");
        new GgufWriter().text("general.architecture", "abacus\u001b[31m").write(coloured);
        Outcome escaped = Outcome.of("inspect", coloured.toString());
        assertThat(escaped.code()).isZero();
        assertThat(escaped.out())
                .containsPattern("architecture +abacus\\\\x1b\\[31m")
                .containsPattern("cannot run +.*general.architecture")
                .doesNotContain("\u001b");
        Path strange = folder.resolve("strange.gguf");
        new GgufWriter().text("general.architecture", "abacus").write(strange);
        Outcome shown = Outcome.of("inspect", strange.toString());
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).containsPattern("cannot run +.*abacus");
        JsonNode root = JsonMapper.shared()
                .readTree(Outcome.of("inspect", strange.toString(), "--json").out());
        assertThat(root.get("cannot_run").asString()).contains("abacus");
        Outcome run = Outcome.of("run", "-m", strange.toString(), "x");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("vivace: ")
                .contains("abacus", "llama", "gemma3")
                .hasLineCount(1);
    }

    @Test
    void without_a_model_the_one_inside_the_jar_is_shown() {
        assertThat(Outcome.of("inspect").out()).contains("inside the jar").containsPattern("layers +5\n");
    }

    @Test
    void a_plan_that_does_not_fit_says_what_would() {
        Outcome shown = Outcome.of("inspect", model.toString(), "--context", "2000000000");
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).contains("does not fit");
        Outcome run = Outcome.of("run", "x", "--context", "2000000000");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("vivace: ").contains("memory").hasLineCount(1);
    }
}

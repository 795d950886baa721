package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunCommandTest {
    /// What llama2.c says from the begin token on.
    private static final String STORY =
            "Once upon a time, there was a little girl named Lily. She loved to play outside";

    @Test
    void standard_output_has_the_continuation_alone_and_standard_error_the_timings() {
        Outcome run = Outcome.of("run", "", "--raw", "--temperature", "0", "--max-tokens", "60");
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith(STORY).doesNotEndWith("\n");
        assertThat(run.err().strip())
                .hasLineCount(1)
                .contains("prompt: 1 tokens", "answer: 60 tokens", "loaded in", "seed");
        Outcome rest = Outcome.of("run", "Once upon a time", "-q", "--temperature", "0", "--max-tokens", "20");
        assertThat(rest.out()).startsWith(", there was a little girl named Lily.");
        assertThat(rest.err()).isEmpty();
    }

    @Test
    void a_dash_reads_standard_input_and_the_environment_names_model_and_threads(@TempDir Path folder)
            throws Exception {
        Map<String, String> environment = Map.of(
                "VIVACE_MODEL", Outcome.storyModel(folder).toString(), "VIVACE_THREADS", "1", "VIVACE_ISA", "scalar");
        Outcome run = Outcome.of("Once upon a time", environment, "run", "-", "-t", "0", "-n", "10", "--json");
        JsonNode root = JsonMapper.shared().readTree(run.out());
        assertThat(root.get("model").asString()).isEqualTo(environment.get("VIVACE_MODEL"));
        assertThat(root.get("text").asString()).startsWith(", there was a little");
    }

    @Test
    void json_is_one_object_with_tokens_reason_and_timings() {
        Outcome run = Outcome.of("run", "Once upon", "-t", "0", "-n", "9", "--json", "--logprobs", "2", "--seed", "7");
        assertThat(run.code()).isZero();
        JsonNode root = JsonMapper.shared().readTree(run.out());
        assertThat(root.get("tokens").size()).isEqualTo(9);
        assertThat(root.get("finish_reason").asString()).isEqualTo("length");
        assertThat(root.get("stop").isNull()).isTrue();
        assertThat(root.get("seed").asLong()).isEqualTo(7);
        assertThat(root.get("timings").get("prompt_tokens").asInt()).isEqualTo(3);
        assertThat(root.get("timings").get("generated_tokens").asInt()).isEqualTo(9);
        assertThat(root.get("logprobs").size()).isEqualTo(9);
        for (JsonNode token : root.get("logprobs")) {
            // Greedy: what was chosen is what was likeliest.
            assertThat(token.get("top").size()).isEqualTo(2);
            assertThat(token.get("top").get(0).get("id")).isEqualTo(token.get("id"));
            assertThat(token.get("logprob").asDouble()).isNegative();
        }
    }

    @Test
    void a_stop_string_ends_the_answer_and_is_not_part_of_it() {
        Outcome run = Outcome.of("run", "", "--raw", "-t", "0", "--stop", "zebra", "--stop", "girl nam", "--json");
        JsonNode root = JsonMapper.shared().readTree(run.out());
        assertThat(root.get("text").asString()).isEqualTo("Once upon a time, there was a little ");
        assertThat(root.get("finish_reason").asString()).isEqualTo("stop");
        assertThat(root.get("stop").asString()).isEqualTo("girl nam");
    }

    @Test
    void a_seed_makes_the_answer_reproducible() {
        String[] call = {"run", "Lily", "-q", "-n", "30", "--seed", "11", "--temperature", "1.5", "--top-k", "0"};
        assertThat(Outcome.of(call).out()).isEqualTo(Outcome.of(call).out()).isNotEmpty();
        call[6] = "12";
        String other = Outcome.of(call).out();
        call[6] = "11";
        assertThat(Outcome.of(call).out()).isNotEqualTo(other);
    }

    @Test
    void sampling_options_reach_the_chain() {
        String usual =
                Outcome.of("run", "", "--raw", "-q", "-t", "0", "-n", "3").out();
        assertThat(usual).startsWith("Once");
        Outcome banned = Outcome.of("run", "", "--raw", "-q", "-t", "0", "-n", "3", "--logit-bias", "403=-inf");
        assertThat(banned.out()).doesNotStartWith("Once");
    }

    @Test
    void the_chat_template_is_used_unless_raw_is_asked_for(@TempDir Path folder) throws Exception {
        String model = Outcome.templateModel(folder).toString();
        String[] templated = {"run", "-m", model, "Hi", "--system", "Be kind.", "-t", "0", "-n", "5", "--json"};
        JsonNode chat = JsonMapper.shared().readTree(Outcome.of(templated).out());
        String[] spelled = {"run", "-m", model, "--raw", "system: Be kind.\nuser: Hi\nassistant:", "-t", "0", "-n", "5"
        };
        assertThat(chat.get("text").asString()).isEqualTo(Outcome.of(spelled).out());
        refused("--system needs a chat template, but --raw", "run", "-m", model, "Hi", "--raw", "--system", "x");
    }

    @Test
    void wrong_input_gets_one_sentence() {
        refused("expected 0 (greedy)", "run", "x", "--temperature", "-1");
        refused("logit-bias 3:1 is not understood", "run", "x", "--logit-bias", "3:1");
        refused("--logprobs=2 has nowhere to go", "run", "x", "--logprobs", "2");
        refused("--system needs a chat template, but the model has none", "run", "x", "--system", "y");
        refused("max-tokens=-1", "run", "x", "-n", "-1");
        refused("does not list it", "run", "x", "--top-k", "3", "--samplers", "temperature");
        refused("a stop string is empty", "run", "x", "--stop", "");
        refused("threads=100000", "run", "x", "--threads", "100000");
        refused("does not exist", "run", "x", "-m", "none.gguf");
        Outcome threads = Outcome.of("", Map.of("VIVACE_THREADS", "many"), "run", "x");
        assertThat(threads.err()).startsWith("vivace: VIVACE_THREADS=many, expected a whole number");
        Outcome isa = Outcome.of("", Map.of("VIVACE_ISA", "abacus"), "run", "x");
        assertThat(isa.err()).startsWith("vivace: VIVACE_ISA=abacus, expected one of scalar");
        Outcome kv = Outcome.of("run", "x", "--kv", "f8");
        assertThat(kv.code()).isEqualTo(2);
        assertThat(kv.err()).contains("Invalid value for option '--kv'");
        Outcome tooLong = Outcome.of("run", "one two three four five six seven", "--context", "4");
        assertThat(tooLong.code()).isEqualTo(1);
        assertThat(tooLong.err()).hasLineCount(1).contains("33 characters", "a context of 4 tokens");
        Outcome justTooLong = Outcome.of("run", "one two three", "--context", "4");
        assertThat(justTooLong.code()).isEqualTo(1);
        assertThat(justTooLong.err()).hasLineCount(1).contains("tokens, but the context holds 4");
    }

    private static void refused(String sentence, String... arguments) {
        Outcome outcome = Outcome.of(arguments);
        assertThat(outcome.err()).startsWith("vivace: ").contains(sentence).hasLineCount(1);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    @Timeout(60)
    void an_answer_that_nobody_reads_ends() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        var err = new ByteArrayOutputStream();
        var console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(closed, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                false);
        assertThat(Main.run(console, "run", "Once", "-t", "0")).isEqualTo(ExitCode.OUTPUT_CLOSED);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    @Timeout(120)
    void control_c_ends_the_answer_and_keeps_what_was_said() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.vivace.cli.Main",
                        "run",
                        "",
                        "--raw",
                        "-t",
                        "0",
                        "-n",
                        "500",
                        "--threads",
                        "1",
                        "--isa",
                        "scalar",
                        "--logit-bias",
                        "1=-inf",
                        "--logit-bias",
                        "2=-inf")
                .start();
        byte[] first = process.getInputStream().readNBytes(STORY.length());
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
        String rest = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo(STORY);
        assertThat(rest.length()).isLessThan(1500);
        assertThat(err).contains("answer: ").doesNotContain("Exception");
    }
}

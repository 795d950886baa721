package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.Model;
import dev.vivace.TestLevels;
import dev.vivace.lab.Perplexity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PerplexityCommandTest {
    private static final String STORY = "Once upon a time, there was a little girl named Lily. She loved to play. ";

    @TempDir
    private Path folder;

    private String text = "";

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(folder.resolve("story.txt"), STORY.repeat(8)).toString();
    }

    @Test
    void json_has_the_figures_that_the_library_measures() {
        Outcome shown = Outcome.of("perplexity", "--file", text, "--context", "32", "--threads", "1", "--json", "-q");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.code()).isZero();
        JsonNode root = JsonMapper.shared().readTree(shown.out());
        Perplexity expected;
        try (Model model = Model.builtIn(TestLevels.options().withThreads(1).withContext(32))) {
            expected = Perplexity.of(model, STORY.repeat(8), new Perplexity.Options(32, 0), progress -> {});
        }
        assertThat(root.get("perplexity").asDouble()).isCloseTo(expected.value(), within(1e-9));
        assertThat(root.get("tokens").asInt()).isEqualTo(expected.tokens());
        assertThat(root.get("chunks").asInt()).isEqualTo(expected.chunks()).isGreaterThan(3);
        assertThat(root.get("scored").asInt()).isEqualTo(15 * expected.chunks());
        assertThat(root.get("stderr").asDouble()).isCloseTo(expected.standardError(), within(1e-9));
        assertThat(root.get("context").asInt()).isEqualTo(32);
        assertThat(root.get("file").asString()).isEqualTo(text);
    }

    @Test
    void a_person_gets_one_line() {
        Outcome shown = Outcome.of("perplexity", "-f", text, "-c", "32", "--chunks", "2", "--kv", "f32", "-q");
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out())
                .matches("perplexity [0-9.]+ \\+/- [0-9.]+ over 30 tokens in 2 chunks of 32 "
                        + "\\(the text has [0-9]+ tokens; [0-9.]+ s\\)\n");
    }

    @Test
    void wrong_input_gets_one_sentence() throws IOException {
        refused(2, "missing required option", "perplexity");
        refused(2, "none.txt does not exist", "perplexity", "-f", "none.txt");
        refused(2, "expected at least one chunk of 512 (context=512)", "perplexity", "-f", text);
        refused(2, "context=2, expected 3 or more", "perplexity", "-f", text, "-c", "2");
        refused(2, "chunks=-1, expected 0 (all) or more", "perplexity", "-f", text, "--chunks", "-1");
        Path odd = Files.write(folder.resolve("odd.txt"), new byte[] {'a', 'b', (byte) 0x80});
        refused(1, "odd.txt is not UTF-8 at byte 2 (0x80), expected UTF-8", "perplexity", "-f", odd.toString());
    }

    private static void refused(int code, String sentence, String... arguments) {
        Outcome outcome = Outcome.of(arguments);
        assertThat(outcome.code()).isEqualTo(code);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("vivace: ").containsIgnoringCase(sentence);
    }

    @Test
    void progress_tells_what_is_left_every_two_seconds() {
        var bytes = new ByteArrayOutputStream();
        long[] now = {0};
        var lines = new ProgressLines(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> now[0]);
        for (int second = 0; second <= 5; second++) {
            now[0] = second * 1_000_000_000L;
            Perplexity.Progress progress = new Perplexity.Progress(second + 1, 30, 12.5);
            lines.say(() -> PerplexityCommand.progressLine(progress, now[0]));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "chunk 3 of 30: perplexity 12.5000, about 18 s left",
                        "chunk 5 of 30: perplexity 12.5000, about 20 s left");
    }
}

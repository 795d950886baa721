package dev.vivace.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vivace.Model;
import dev.vivace.TestData;
import dev.vivace.TestLevels;
import dev.vivace.kernel.Isa;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Real models on the first 60,000 bytes of WikiText-2's test set at a context of 512. The targets are llama.cpp's
/// figures; the running figures behind the first chunks are those of Hugging Face's transformers on the weights
/// dequantized from the same files, in single precision throughout.
class RealPerplexityTest {
    private static final String SMOLLM2 = "smollm2-135m-instruct-q4_1.gguf";
    private static final String GEMMA3 = "gemma3-270m-q4_k_m.gguf";

    @Test
    void smollm2_starts_as_transformers_does() throws IOException {
        assertStart(SMOLLM2, 10.0755);
    }

    @Test
    void gemma3_starts_as_transformers_does() throws IOException {
        assertStart(GEMMA3, 7.0765);
    }

    @Test
    void smollm2_is_within_half_a_percent_of_llama_cpp() throws IOException {
        assertWhole(measureWhole(SMOLLM2), 18.76, 15_760, 0.64);
    }

    @Test
    void gemma3_is_within_half_a_percent_of_llama_cpp() throws IOException {
        assertWhole(measureWhole(GEMMA3), 14.53, 15_625, 0.50);
    }

    /// Inputs that stay f32 give transformers' figure; emitted code rounds them to 8 bits, which may cost half a
    /// percent.
    private static void assertStart(String file, double target) throws IOException {
        assertThat(measure(file, 1, TestLevels.atMost(Isa.VECTOR)).value()).isCloseTo(target, within(0.0005 * target));
        assertThat(measure(file, 1, TestLevels.ceiling()).value()).isCloseTo(target, within(0.005 * target));
    }

    private static void assertWhole(Perplexity whole, double target, int tokens, double standardError) {
        assertThat(whole.value()).isCloseTo(target, within(0.005 * target));
        assertThat(whole.standardError()).isCloseTo(standardError, within(0.005));
        assertThat(whole.tokens()).isEqualTo(tokens);
        assertThat(whole.chunks()).isEqualTo(30);
        assertThat(whole.scored()).isEqualTo(7650);
    }

    private static Perplexity measureWhole(String file) throws IOException {
        TestData.model(file);
        assumeTrue(TestData.full(), "skipped: the perplexity of a whole text takes minutes (./vivace test --full)");
        return measure(file, 0, TestLevels.ceiling());
    }

    private static Perplexity measure(String file, int chunks, Isa ceiling) throws IOException {
        Path path = TestData.model(file);
        String text = text();
        try (Model model =
                Model.load(path, TestLevels.options().withCeiling(ceiling).withContext(512))) {
            return Perplexity.of(model, text, new Perplexity.Options(512, chunks), progress -> {});
        }
    }

    private static String text() throws IOException {
        Path file = TestData.data("text/wikitext2-test.txt.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readNBytes(60_000), StandardCharsets.UTF_8);
        }
    }
}

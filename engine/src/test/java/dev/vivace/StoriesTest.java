package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.sampling.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The model inside the jar against the texts that llama2.c tells at temperature 0.
class StoriesTest {
    /// llama2.c ends its output with a line feed of its own.
    @ParameterizedTest
    @ValueSource(ints = {200, 256})
    void greedyTextEqualsTheExpectedOne(int steps) throws IOException {
        String expected = Files.readString(TestData.data("models/stories260K/expected_greedy_" + steps + ".txt"));
        try (Model model = Model.builtIn(TestLevels.options());
                Session session = model.session()) {
            GenerateOptions greedy =
                    GenerateOptions.DEFAULT.withSampling(Sampling.greedy()).withMaxTokens(steps);
            String text = session.generate(Prompt.raw(""), greedy).text();
            assertThat(text).isEqualTo(expected.stripTrailing());
        }
    }
}

package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vivace.LoadOptions;
import dev.vivace.Model;
import dev.vivace.TestLevels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearseCommandTest {
    @Test
    void does_what_runs_do_without_a_word() {
        Outcome outcome = Outcome.of("rehearse");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isZero();
    }

    @Test
    void help_does_not_name_it() {
        assertThat(Outcome.of("--help").out()).doesNotContain("rehearse");
    }

    @Test
    void its_model_has_a_template_and_merges(@TempDir Path folder) {
        Path file = folder.resolve("zeros.gguf");
        RehearsalModel.write(file);
        try (Model model = Model.load(file, LoadOptions.DEFAULT.withCeiling(TestLevels.ceiling()))) {
            assertThat(model.chatTemplate()).isPresent();
            assertThat(model.tokenizer().encode("the")).hasSize(1);
        }
    }
}

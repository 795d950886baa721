package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VivaceExceptionTest {
    @Test
    void controlCharactersOfAFileNeverReachTheTerminal() {
        assertThat(new FormatException("key \u001b[31m\r\nnext\u0085 é…")).hasMessage("key �[31m��next� é…");
    }

    @Test
    void plainSentencesStayAsTheyAre() {
        String sentence = "context=-1, expected 0 (the model's own) or more";
        assertThat(new OptionException(sentence)).hasMessage(sentence);
    }

    @Test
    void whatIsTooLongToReadIsCut() {
        assertThat(new CapacityException("x".repeat(5000), new Exception("cause")).getMessage())
                .hasSize(2001)
                .endsWith("x…");
    }
}

package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadingLineTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private long now;

    private LoadingLine line(boolean terminal) {
        PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
        return new LoadingLine(new Console(InputStream.nullInputStream(), err, err, Map.of(), terminal), () -> now);
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aQuickLoadSaysNothing() {
        LoadingLine line = line(true);
        now = 999_000_000;
        line.loaded(1 << 20, 1 << 20);
        line.clear();
        assertThat(text()).isEmpty();
    }

    @Test
    void aSlowLoadIsToldAndTheLineTakenAwayAtTheEnd() {
        LoadingLine line = line(true);
        now = 1_000_000_000;
        line.loaded(1 << 20, 4 << 20);
        now += 50_000_000;
        line.loaded(2 << 20, 4 << 20);
        now += 50_000_000;
        line.loaded(3 << 20, 4 << 20);
        assertThat(text())
                .contains("loading 25% of ")
                .contains("loading 75% of ")
                .doesNotContain("50%");
        line.clear();
        line.clear();
        assertThat(text()).endsWith("\r\u001b[K").doesNotContain("\n");
    }

    @Test
    void whereNobodyLooksNothingIsWritten() {
        LoadingLine line = line(false);
        now = 5_000_000_000L;
        line.loaded(1, 2);
        line.clear();
        assertThat(text()).isEmpty();
    }
}

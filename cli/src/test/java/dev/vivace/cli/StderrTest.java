package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the program writes to standard error goes where the launcher says.
class StderrTest {
    private static final String PROPERTY = "vivace.stderr";

    private final PrintStream before = System.err;

    @AfterEach
    void putBack() {
        System.setErr(before);
        System.clearProperty(PROPERTY);
    }

    @Test
    void without_the_launcher_nothing_changes() {
        Stderr.restore();
        assertThat(System.err).isSameAs(before);
    }

    @Test
    void what_is_named_is_appended_to(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("err"), "earlier\n");
        System.setProperty(PROPERTY, file.toString());
        Stderr.restore();
        System.err.print("later\n");
        System.err.close();
        assertThat(Files.readString(file, before.charset())).isEqualTo("earlier\nlater\n");
    }

    @Test
    void what_cannot_be_opened_is_left_alone(@TempDir Path folder) {
        System.setProperty(PROPERTY, folder.toString());
        Stderr.restore();
        assertThat(System.err).isSameAs(before);
    }
}

package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalInputTest {
    @TempDir
    private Path folder;

    private final PipedOutputStream keys = new PipedOutputStream();

    private Terminal terminal(String typed) throws Exception {
        // Stays open: at the end of its input a terminal is gone, with what was typed but not yet read.
        var in = new PipedInputStream(keys);
        keys.write(typed.getBytes(StandardCharsets.UTF_8));
        keys.flush();
        Terminal terminal = TerminalBuilder.builder()
                .system(false)
                .type("xterm")
                .streams(in, new ByteArrayOutputStream())
                .build();
        terminal.setSize(new Size(80, 24));
        return terminal;
    }

    @Test
    void lines_are_edited_completed_and_remembered() throws Exception {
        Path history = folder.resolve("history");
        String left = "\u001b[D";
        String up = "\u001b[A";
        try (var input = new TerminalInput(
                terminal("wold!" + left + left + left + "r\r/he\t\r" + up + up + "\r\u0004"),
                Optional.of(history),
                List.of("/help", "/quit"))) {
            assertThat(input.readLine("> ")).contains("world!");
            assertThat(input.readLine("> ").map(String::strip)).contains("/help");
            assertThat(input.readLine("> ")).contains("world!");
            assertThat(input.readLine("> ")).isEmpty();
            keys.close();
        }
        assertThat(Files.readString(history)).contains("world!", "/help");
    }

    @Test
    void an_interrupt_stops_the_answer_and_only_that() throws Exception {
        Terminal terminal = terminal("");
        AtomicInteger stops = new AtomicInteger();
        try (var input = new TerminalInput(terminal, Optional.empty(), List.of())) {
            input.interruptible(stops::incrementAndGet, () -> terminal.raise(Terminal.Signal.INT));
            terminal.raise(Terminal.Signal.INT);
            keys.close();
        }
        assertThat(stops).hasValue(1);
    }

    @Test
    void the_history_lies_where_the_environment_says() {
        Path state = folder.resolve("state");
        assertThat(TerminalInput.historyFile(console(Map.of("XDG_STATE_HOME", state.toString(), "HOME", "/x"))))
                .contains(state.resolve("vivace/chat-history"));
        assertThat(TerminalInput.historyFile(console(Map.of("HOME", folder.toString()))))
                .contains(folder.resolve(".local/state/vivace/chat-history"));
        assertThat(TerminalInput.historyFile(console(Map.of()))).isEmpty();
        assertThat(TerminalInput.historyFile(console(Map.of("XDG_STATE_HOME", "/proc/none")))).isEmpty();
    }

    private static Console console(Map<String, String> environment) {
        var nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return new Console(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, environment, false);
    }
}

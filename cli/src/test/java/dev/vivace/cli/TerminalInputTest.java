package dev.vivace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
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
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalInputTest {
    @TempDir
    private Path folder;

    /// A terminal without a device behind it, at which `typed` was typed.
    private static Terminal terminal(String typed) throws Exception {
        var terminal = new LineDisciplineTerminal("test", "xterm", new ByteArrayOutputStream(), StandardCharsets.UTF_8);
        terminal.setSize(new Size(80, 24));
        terminal.processInputBytes(typed.getBytes(StandardCharsets.UTF_8));
        return terminal;
    }

    @Test
    void lines_are_edited_completed_and_remembered() throws Exception {
        Path history = folder.resolve("history");
        // Arrow keys as a terminal sends them to a program that edits lines.
        String left = "\u001bOD";
        String up = "\u001bOA";
        try (var input = new TerminalInput(
                terminal("wold!" + left + left + left + "r\r/he\t\r" + up + up + "\r\u0004"),
                Optional.of(history),
                List.of("/help", "/quit"))) {
            assertThat(input.readLine("> ")).contains("world!");
            assertThat(input.readLine("> ").map(String::strip)).contains("/help");
            assertThat(input.readLine("> ")).contains("world!");
            assertThat(input.readLine("> ")).isEmpty();
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
        assertThat(TerminalInput.historyFile(console(Map.of("XDG_STATE_HOME", "/proc/none"))))
                .isEmpty();
    }

    private static Console console(Map<String, String> environment) {
        var nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return new Console(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, environment, false);
    }
}

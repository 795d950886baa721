package dev.vivace.cli;

import dev.vivace.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/// Lines that a person edits at a terminal, with a history kept between chats.
final class TerminalInput implements LineInput {
    private static final int HISTORY_LINES = 1000;

    private final Terminal terminal;
    private final LineReader reader;

    /// @param terminal owned from here on
    /// @param history the file that keeps earlier lines; empty: none is kept
    /// @param words what the tabulator key completes at the start of a line
    TerminalInput(Terminal terminal, Optional<Path> history, List<String> words) {
        this.terminal = terminal;
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("vivace")
                .completer(new StringsCompleter(words))
                // A question may well hold an exclamation mark.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES);
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        this.reader = builder.build();
    }

    /// The terminal of this process.
    @SuppressWarnings("MustBeClosedChecker") // the result owns the terminal
    static TerminalInput ofProcess(Console console, List<String> words) {
        try {
            Terminal terminal =
                    TerminalBuilder.builder().system(true).nativeSignals(true).build();
            return new TerminalInput(terminal, historyFile(console), words);
        } catch (IOException e) {
            throw new UnsupportedException("the terminal cannot be opened: " + e.getMessage(), e);
        }
    }

    /// Where the XDG rules put what a program remembers: `$XDG_STATE_HOME/vivace/chat-history`.
    static Optional<Path> historyFile(Console console) {
        Optional<Path> state = console.variable("XDG_STATE_HOME")
                .or(() -> console.variable("HOME").map(home -> home + "/.local/state"))
                .or(() -> console.variable("LOCALAPPDATA"))
                .map(Path::of);
        if (state.isEmpty()) {
            return Optional.empty();
        }
        Path folder = state.get().resolve("vivace");
        try {
            Files.createDirectories(folder);
        } catch (IOException _) {
            // A chat without a history is still a chat.
            return Optional.empty();
        }
        return Optional.of(folder.resolve("chat-history"));
    }

    @Override
    public Optional<String> readLine(String prompt) {
        while (true) {
            try {
                return Optional.of(reader.readLine(prompt));
            } catch (UserInterruptException _) {
                // Ctrl-C drops the line that was being typed.
                terminal.writer().println("(Ctrl-D or /quit leaves)");
                terminal.flush();
            } catch (EndOfFileException _) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void interruptible(Runnable stop, Runnable answering) {
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, _ -> stop.run());
        try {
            answering.run();
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException _) {
            // Nothing is lost: lines were saved one by one.
        }
    }
}

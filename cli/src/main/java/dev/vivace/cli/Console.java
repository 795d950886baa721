package dev.vivace.cli;

import dev.vivace.OptionException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// What a command may touch of the world around it: three streams, the environment, and whether a person sits there.
/// Text is UTF-8 whatever the locale says: an answer must not turn into question marks where the locale is not set.
///
/// @param in standard input
/// @param out standard output: results alone; buffered, who streams flushes
/// @param err standard error: messages, timings, progress
/// @param environment the environment's variables
/// @param isTerminal whether both input and output are a terminal
public record Console(
        InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, boolean isTerminal) {
    private static final int BUFFER_BYTES = 1 << 13;
    /// No context holds a longer prompt.
    private static final int MOST_INPUT_BYTES = 1 << 26;

    /// That of this process.
    static Console ofProcess() {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new Console(new FileInputStream(FileDescriptor.in), out, err, System.getenv(), terminal);
    }

    /// The variable `name`, empty where it is not set or blank.
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /// Whether the user wants stack traces: `VIVACE_DEBUG` is set, and not to 0.
    boolean isDebug() {
        return variable("VIVACE_DEBUG").filter(value -> !value.equals("0")).isPresent();
    }

    /// Whether somebody sees what standard error says as it is said.
    boolean showsProgress() {
        return isTerminal;
    }

    /// All of standard input, 64 MiB at most.
    String readInput() {
        try {
            byte[] bytes = in.readNBytes(MOST_INPUT_BYTES + 1);
            if (bytes.length > MOST_INPUT_BYTES) {
                throw new OptionException("standard input has more than " + MOST_INPUT_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new OptionException("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    /// `text` as it may be shown: a terminal gets no control characters of a model's making, a file or pipe gets all.
    String shown(String text) {
        return isTerminal ? Printable.lines(text) : text;
    }
}

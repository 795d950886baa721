package dev.vivace.cli;

import dev.vivace.OptionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Lines from a file or pipe: no prompt is shown, Ctrl-C ends the process once the answer so far is out.
final class PlainInput implements LineInput {
    private final BufferedReader reader;

    PlainInput(Console console) {
        this.reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
    }

    @Override
    public Optional<String> readLine(String prompt) {
        try {
            return Optional.ofNullable(reader.readLine());
        } catch (IOException e) {
            throw new OptionException("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void interruptible(Runnable stop, Runnable answering) {
        try (var _ = new Interruption(stop)) {
            answering.run();
        }
    }

    /// Standard input stays open: it is the process's.
    @Override
    public void close() {}
}

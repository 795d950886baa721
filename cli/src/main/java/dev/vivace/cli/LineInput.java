package dev.vivace.cli;

import java.util.Optional;

/// Where `chat` gets its lines from.
interface LineInput extends AutoCloseable {
    /// The next line after showing `prompt` to a person; empty at the end of input.
    Optional<String> readLine(String prompt);

    /// Runs `answering`; Ctrl-C meanwhile calls `stop`.
    void interruptible(Runnable stop, Runnable answering);

    @Override
    void close();
}

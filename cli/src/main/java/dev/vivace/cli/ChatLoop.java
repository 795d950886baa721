package dev.vivace.cli;

import dev.vivace.Generation;
import dev.vivace.OptionException;
import dev.vivace.Piece;
import dev.vivace.Session;
import dev.vivace.Timings;
import dev.vivace.VivaceException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads lines, answers them and does what slash commands say. A failure is told and the chat goes on.
final class ChatLoop {
    private static final String PROMPT = "> ";
    private static final String MORE = "… ";

    private final Console console;
    private final LineInput input;
    private final Session session;
    private final Transcript transcript;
    private final AnswerOptions answers;
    private @Nullable Timings last;

    ChatLoop(Console console, LineInput input, Session session, Transcript transcript, AnswerOptions answers) {
        this.console = console;
        this.input = input;
        this.session = session;
        this.transcript = transcript;
        this.answers = answers;
    }

    /// Runs until the user leaves or the input ends.
    void run() {
        while (true) {
            Optional<String> line = readMessage();
            if (line.isEmpty()) {
                return;
            }
            try {
                if (!handle(line.get())) {
                    return;
                }
            } catch (VivaceException failure) {
                console.out().flush();
                console.err().println("vivace: " + Printable.line(String.valueOf(failure.getMessage())));
            }
        }
    }

    /// One message; a backslash at the end of a line takes the next line in.
    private Optional<String> readMessage() {
        Optional<String> line = input.readLine(PROMPT);
        StringBuilder message = new StringBuilder();
        while (line.isPresent() && line.get().endsWith("\\")) {
            message.append(line.get(), 0, line.get().length() - 1).append('\n');
            line = input.readLine(MORE);
        }
        if (line.isEmpty() && message.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(message + line.orElse(""));
    }

    /// Does what `line` says; false when the user leaves.
    private boolean handle(String line) {
        if (line.isBlank()) {
            return true;
        }
        if (!line.startsWith("/")) {
            transcript.add("user", line);
            answer();
            return true;
        }
        int blank = line.indexOf(' ');
        String word = blank < 0 ? line : line.substring(0, blank);
        String argument = blank < 0 ? "" : line.substring(blank + 1).strip();
        ChatAction action = ChatAction.of(word)
                .orElseThrow(() -> new OptionException(
                        word + " is no command, expected one of " + String.join(" ", ChatAction.words())));
        if (action.needsArgument() && argument.isEmpty()) {
            throw new OptionException(
                    word + " needs more, expected " + action.usage().replaceAll(" {2,}", ": "));
        }
        return act(action, argument);
    }

    private boolean act(ChatAction action, String argument) {
        switch (action) {
            case HELP -> {
                for (ChatAction each : ChatAction.values()) {
                    console.err().println(each.usage());
                }
                console.err().println("A backslash at the end of a line goes on with the next line.");
            }
            case RESET -> transcript.reset();
            case SYSTEM -> {
                if (argument.isEmpty()) {
                    console.err().println(Printable.lines(transcript.system().orElse("(no system message)")));
                } else {
                    transcript.setSystem(argument);
                    transcript.reset();
                }
            }
            case REGEN -> {
                if (!transcript.removeAnswer()) {
                    throw new OptionException("there is no answer yet that could be given once more");
                }
                answer();
            }
            case SET -> answers.change(argument);
            case STATS -> console.err().println(last == null ? "(no answer yet)" : RunReport.timings(last));
            case SAVE -> transcript.save(Path.of(argument));
            case LOAD -> transcript.load(Path.of(argument));
            case QUIT -> {
                return false;
            }
        }
        return true;
    }

    /// Answers the last message. Where that fails before a word is said the message is taken back.
    private void answer() {
        StringBuilder said = new StringBuilder();
        try {
            Generation generation = session.generate(transcript.prompt(), answers.options());
            input.interruptible(generation::cancel, () -> stream(generation, said));
            last = generation.answer().timings();
        } catch (VivaceException failure) {
            if (said.isEmpty()) {
                transcript.removeLast();
                throw failure;
            }
            transcript.add("assistant", said.toString());
            throw failure;
        }
        transcript.add("assistant", said.toString());
    }

    private void stream(Generation generation, StringBuilder said) {
        try (Stream<Piece> pieces = generation.stream()) {
            for (Iterator<Piece> each = pieces.iterator(); each.hasNext(); ) {
                String text = each.next().text();
                said.append(text);
                console.out().print(console.shown(text));
                console.out().flush();
            }
        } finally {
            console.out().println();
            console.out().flush();
        }
    }
}

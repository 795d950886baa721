package dev.vivace.cli;

import dev.vivace.Model;
import dev.vivace.Session;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `vivace chat`: a conversation, line by line. What the session has stored is not computed again.
@Command(
        name = "chat",
        description = {
            "Talks with a model.",
            "Ctrl-C stops an answer, Ctrl-D leaves, /help lists what else can be done."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class ChatCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final ModelOptions models = new ModelOptions();

    @Option(names = "--system", paramLabel = "TEXT", description = "the system message")
    private @Nullable String system;

    @Mixin
    private final AnswerOptions answers = new AnswerOptions();

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Mixin
    private final ContextOptions context = new ContextOptions();

    ChatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        answers.options();
        try (Model model = models.load(console, context.in(engine.options(console)));
                Session session = model.session();
                LineInput input = console.isTerminal()
                        ? TerminalInput.ofProcess(console, ChatAction.words())
                        : new PlainInput(console)) {
            Transcript transcript = new Transcript(model.chatTemplate().isPresent());
            if (system != null) {
                transcript.setSystem(system);
            }
            if (!transcript.hasTemplate()) {
                console.err()
                        .println("vivace: this model has no chat template, so it continues the text that you type");
            }
            if (console.isTerminal()) {
                console.err()
                        .println(
                                models.name(console) + "; /help lists commands, Ctrl-C stops an answer, Ctrl-D leaves");
            }
            new ChatLoop(console, input, session, transcript, answers).run();
        }
        return ExitCode.DONE;
    }
}

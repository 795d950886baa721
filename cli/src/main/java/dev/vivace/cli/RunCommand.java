package dev.vivace.cli;

import dev.vivace.Answer;
import dev.vivace.FinishReason;
import dev.vivace.GenerateOptions;
import dev.vivace.Generation;
import dev.vivace.Model;
import dev.vivace.OptionException;
import dev.vivace.Piece;
import dev.vivace.Prompt;
import dev.vivace.Session;
import dev.vivace.chat.Message;
import dev.vivace.sampling.Sampling;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `vivace run`: one prompt, one answer. Standard output has the answer alone, standard error what it took.
@Command(
        name = "run",
        description = {
            "Answers a prompt.",
            "With a chat template in the model the prompt is a user's message, else a text to be continued."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "PROMPT",
            description = "the text; - reads standard input; \"\" starts from the begin token")
    private String prompt = "";

    @Mixin
    private final ModelOptions models = new ModelOptions();

    @Option(names = "--raw", description = "continue the text as it is, without the chat template")
    private boolean raw;

    @Option(names = "--system", paramLabel = "TEXT", description = "a system message before the prompt")
    private @Nullable String system;

    @Mixin
    private final AnswerOptions answers = new AnswerOptions();

    @Option(
            names = "--logprobs",
            paramLabel = "N",
            description = "with --json: log-probabilities of each token and of the N likeliest in its place")
    private @Nullable Integer logProbs;

    @Option(names = "--json", description = "print one JSON object at the end")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "print no timings")
    private boolean quiet;

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Mixin
    private final ContextOptions context = new ContextOptions();

    RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        GenerateOptions options = options();
        String text = prompt.equals("-") ? console.readInput() : prompt;
        long start = System.nanoTime();
        try (Model model = models.load(console, context.in(engine.options(console)));
                Session session = model.session()) {
            long loadNanos = System.nanoTime() - start;
            Generation generation = session.generate(prompt(model, text), options);
            try (var interruption = new Interruption(generation::cancel)) {
                boolean closed = !json && !stream(generation);
                Answer answer = generation.answer();
                RunReport report = new RunReport(answer, options, loadNanos);
                if (json) {
                    Json.print(console.out(), report.object(models.name(console), model.tokenizer()));
                } else if (console.isTerminal()) {
                    console.out().println();
                }
                console.out().flush();
                if (!quiet && !closed) {
                    // Where both streams meet in one place the answer's last line must not run into this one.
                    boolean apart =
                            json || console.isTerminal() || answer.text().endsWith("\n");
                    console.err().println((apart ? "" : System.lineSeparator()) + report.line());
                }
                return closed ? ExitCode.OUTPUT_CLOSED : exitCode(answer, interruption);
            }
        }
    }

    private static int exitCode(Answer answer, Interruption interruption) {
        boolean interrupted = interruption.isRequested() && answer.finishReason() == FinishReason.CANCELLED;
        return interrupted ? ExitCode.INTERRUPTED : ExitCode.DONE;
    }

    /// Without a seed one is drawn here, so that it can be told: the answer can then be had again.
    private GenerateOptions options() {
        if (logProbs != null && !json) {
            throw new OptionException("--logprobs=" + logProbs + " has nowhere to go, expected --json beside it");
        }
        GenerateOptions options = answers.options();
        Sampling sampling = options.sampling();
        if (sampling.seed().isEmpty()) {
            // Exact in the doubles of JSON readers.
            sampling = sampling.withSeed(new SplittableRandom().nextLong(1L << 53));
        }
        return options.withSampling(logProbs == null ? sampling : sampling.withLogProbs(logProbs));
    }

    private Prompt prompt(Model model, String text) {
        boolean chat = !raw && model.chatTemplate().isPresent();
        if (!chat && system != null) {
            throw new OptionException("--system needs a chat template, "
                    + (raw ? "but --raw leaves it out" : "but the model has none") + ", expected the prompt alone");
        }
        if (!chat) {
            return Prompt.raw(text);
        }
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new Message("system", system));
        }
        messages.add(new Message("user", text));
        return Prompt.chat(messages);
    }

    /// Prints the answer as it comes; false when nobody reads it any more.
    private boolean stream(Generation generation) {
        try (Stream<Piece> pieces = generation.stream()) {
            Iterator<Piece> each = pieces.iterator();
            while (each.hasNext()) {
                console.out().print(console.shown(each.next().text()));
                if (console.out().checkError()) {
                    return false;
                }
            }
        }
        return true;
    }
}

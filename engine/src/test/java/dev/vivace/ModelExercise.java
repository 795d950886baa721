package dev.vivace;

import dev.vivace.chat.Message;
import dev.vivace.sampling.Sampling;
import java.nio.file.Path;
import java.util.List;

/// Loads any file as a model and does with it what people do. Only a [VivaceException] with one sentence may come of
/// it.
final class ModelExercise {
    /// More than any of the seeds needs.
    private static final long MEMORY_BYTES = 48L << 20;

    private static final int LONGEST_SENTENCE = 1000;

    private static final LoadOptions OPTIONS =
            TestLevels.options().withThreads(1).withMemoryBytes(MEMORY_BYTES);
    private static final GenerateOptions GREEDY =
            GenerateOptions.DEFAULT.withSampling(Sampling.greedy()).withMaxTokens(6);
    private static final GenerateOptions DRAWN = GenerateOptions.DEFAULT
            .withSampling(Sampling.builder().seed(1).logProbs(3).build())
            .withStop("he")
            .withMaxTokens(6)
            .withIgnoreEnd(true);

    private ModelExercise() {}

    /// How far a file came.
    enum Outcome {
        /// It did not load.
        REFUSED,
        /// It loaded, but gave no answer.
        LOADED,
        /// It gave an answer.
        ANSWERED
    }

    static Outcome load(Path path) {
        try (Model model = Model.load(path, OPTIONS)) {
            return use(model);
        } catch (VivaceException refused) {
            check(refused);
            return Outcome.REFUSED;
        }
    }

    private static Outcome use(Model model) {
        attempt(() -> model.tokenize(Prompt.raw("Once the é\n\uD83D\uDE00 0x")));
        attempt(() -> model.checkpoint().fingerprint());
        attempt(() -> model.memory().summary());
        for (int id = 0; id < Math.min(300, model.tokenizer().size()); id++) {
            int token = id;
            attempt(() -> model.tokenizer().bytes(token));
        }
        try (Session session = model.session()) {
            boolean answered = attempt(
                    () -> session.generate(Prompt.raw("the inn"), GREEDY).text());
            answered |= attempt(() -> session.generate(Prompt.raw(""), DRAWN).text());
            attempt(() -> session.generate(
                            Prompt.chat(List.of(new Message("system", "in"), new Message("user", "the"))), GREEDY)
                    .text());
            attempt(() -> session.score(model.tokenize(Prompt.raw("in the inn")), 1));
            return answered ? Outcome.ANSWERED : Outcome.LOADED;
        }
    }

    private static boolean attempt(Runnable use) {
        try {
            use.run();
            return true;
        } catch (VivaceException refused) {
            check(refused);
            return false;
        }
    }

    private static void check(VivaceException refused) {
        String sentence = String.valueOf(refused.getMessage());
        if (refused.getMessage() == null
                || sentence.isBlank()
                || sentence.length() > LONGEST_SENTENCE
                || sentence.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("not one sentence: " + sentence, refused);
        }
    }
}

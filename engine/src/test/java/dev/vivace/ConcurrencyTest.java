package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.model.Checkpoint;
import dev.vivace.sampling.Sampling;
import dev.vivace.seam.Bind;
import dev.vivace.seam.Card;
import dev.vivace.seam.Exactness;
import dev.vivace.seam.Part;
import dev.vivace.seam.Plan;
import dev.vivace.seam.Rewrite;
import dev.vivace.seam.Seam;
import dev.vivace.seam.Technique;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many threads on one model.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ConcurrencyTest {
    private static final int THREADS = 6;
    private static final int SECONDS = TestData.full() ? 180 : 3;
    private static final int CLOSINGS = TestData.full() ? 1000 : 30;
    private static final long SEED = 20260401;

    private static final List<String> PROMPTS =
            List.of("Tom had a dog", "Lily", "The sun was", "One day, a cat and a bird", "Ben", "");
    private static final GenerateOptions GREEDY =
            GenerateOptions.DEFAULT.withSampling(Sampling.greedy()).withMaxTokens(24);

    private final ExecutorService threads =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    private Set<Thread> before = Set.of();

    @BeforeEach
    void look() {
        before = Thread.getAllStackTraces().keySet();
    }

    /// Whatever a test did: once its models are closed, none of their threads is left.
    @AfterEach
    void nothingIsLeft() {
        threads.shutdownNow();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread))
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("vivace")))
                .isEmpty();
    }

    private static Model model() {
        return Model.builtIn(TestLevels.options().withThreads(2));
    }

    /// Waits for all of them and throws what one of them threw.
    private static void join(List<Future<?>> running) throws Exception {
        for (Future<?> each : running) {
            each.get(SECONDS + 60L, TimeUnit.SECONDS);
        }
    }

    /// What each prompt is answered with when nothing else runs.
    private static Map<String, String> answersAlone(Model model) {
        Map<String, String> alone = new HashMap<>();
        for (String prompt : PROMPTS) {
            try (Session session = model.session()) {
                alone.put(prompt, session.generate(Prompt.raw(prompt), GREEDY).text());
            }
        }
        return alone;
    }

    @Test
    void answersAmongManyThreadsAreThoseGivenAlone() throws Exception {
        try (Model model = model()) {
            Map<String, String> alone = answersAlone(model);
            double[] scores;
            try (Session session = model.session()) {
                scores = session.score(model.tokenize(Prompt.raw("Tom had a dog and a cat")), 1);
            }
            assertThat(model.cacheBytes()).isZero();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(SEED + i);
                running.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        new Visit(model, alone, scores, random).run();
                    }
                    return null;
                }));
            }
            join(running);
            assertThat(model.cacheBytes())
                    .as("bytes of pages after the last session")
                    .isZero();
        }
    }

    /// One thread's short time with a session.
    private record Visit(Model model, Map<String, String> alone, double[] scores, Random random) {
        void run() {
            String prompt = PROMPTS.get(random.nextInt(PROMPTS.size()));
            switch (random.nextInt(7)) {
                case 0 -> answer(prompt);
                case 1 -> forks(prompt);
                case 2 -> cancels(prompt);
                case 3 -> closesInTheMiddle(prompt);
                case 4 -> streams(prompt);
                case 5 -> score();
                default -> again(prompt);
            }
        }

        private void answer(String prompt) {
            try (Session session = model.session()) {
                assertThat(session.generate(Prompt.raw(prompt), GREEDY).text()).isEqualTo(alone.get(prompt));
            }
        }

        private void forks(String prompt) {
            try (Session session = model.session()) {
                session.generate(Prompt.raw(prompt), GREEDY.withMaxTokens(random.nextInt(8)))
                        .answer();
                try (Session fork = session.fork()) {
                    Generation one = session.generate(Prompt.raw(prompt), GREEDY);
                    Generation other = fork.generate(Prompt.raw("Ben"), GREEDY);
                    assertThat(other.text()).isEqualTo(alone.get("Ben"));
                    assertThat(one.text()).isEqualTo(alone.get(prompt));
                }
            }
        }

        private void cancels(String prompt) {
            try (Session session = model.session()) {
                Generation generation = session.generate(
                        Prompt.raw(prompt), GREEDY.withMaxTokens(400).withIgnoreEnd(true));
                Thread.yield();
                generation.cancel();
                Answer answer = generation.answer();
                assertThat(answer.finishReason()).isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
                String whole = alone.getOrDefault(prompt, "");
                int common = Math.min(whole.length(), answer.text().length());
                assertThat(answer.text().substring(0, common)).isEqualTo(whole.substring(0, common));
                assertThat(session.generate(Prompt.raw(prompt), GREEDY).text()).isEqualTo(alone.get(prompt));
            }
        }

        private void closesInTheMiddle(String prompt) {
            Generation generation;
            try (Session session = model.session()) {
                generation = session.generate(
                        Prompt.raw(prompt), GREEDY.withMaxTokens(400).withIgnoreEnd(true));
            }
            assertThat(generation.answer().finishReason()).isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
        }

        private void streams(String prompt) {
            try (Session session = model.session();
                    Stream<Piece> pieces = session.generate(Prompt.raw(prompt), GREEDY).stream()) {
                String text = pieces.map(Piece::text).collect(Collectors.joining());
                assertThat(text).isEqualTo(alone.get(prompt));
            }
        }

        private void score() {
            try (Session session = model.session()) {
                assertThat(session.score(model.tokenize(Prompt.raw("Tom had a dog and a cat")), 1))
                        .isEqualTo(scores);
            }
        }

        private void again(String prompt) {
            try (Session session = model.session()) {
                session.generate(Prompt.raw("One day, a cat and a bird"), GREEDY)
                        .answer();
                if (random.nextBoolean()) {
                    session.reset();
                }
                assertThat(session.generate(Prompt.raw(prompt), GREEDY).text()).isEqualTo(alone.get(prompt));
            }
        }
    }

    @Test
    void closingTheModelUnderWayEndsEveryThreadWithASentence() throws Exception {
        for (int round = 0; round < CLOSINGS; round++) {
            Model model = model();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(SEED + 100L * round + i);
                running.add(threads.submit(() -> useUntilClosed(model, random)));
            }
            Thread.sleep(round % 10 * 5L);
            model.close();
            join(running);
            assertThatThrownBy(model::session).isInstanceOf(OptionException.class);
        }
    }

    private static Void useUntilClosed(Model model, Random random) {
        while (true) {
            try (Session session = model.session()) {
                Generation generation = session.generate(Prompt.raw("Tom"), GREEDY);
                if (random.nextInt(4) == 0) {
                    generation.cancel();
                }
                generation.answer();
                switch (random.nextInt(3)) {
                    case 0 -> session.score(new int[] {1, 300, 301}, 1);
                    case 1 -> session.fork().close();
                    default -> session.reset();
                }
            } catch (OptionException | CancelledException end) {
                assertThat(end).hasMessageContaining("closed");
                return null;
            }
        }
    }

    /// A rewrite that changes nothing, so that its sessions have weights and a loop of their own.
    private record Same(int number) implements Technique, Rewrite {
        private record NoOptions() {}

        @Override
        public Card card() {
            return new Card(
                    "same-" + number,
                    "The same",
                    new Card.Paper("nobody", "nothing", 2026, "none"),
                    Card.Kind.PLUG_IN,
                    Set.of(Seam.REWRITE),
                    new Exactness.Bitwise(),
                    List.of(),
                    List.of(),
                    Card.Status.EXPERIMENTAL);
        }

        @Override
        public Record options() {
            return new NoOptions();
        }

        @Override
        public List<Part> bind(Bind bind) {
            return List.of(this);
        }

        @Override
        public Stage stage() {
            return Stage.FORMAT;
        }

        @Override
        public Checkpoint apply(Checkpoint in, Arena arena) {
            return in;
        }
    }

    @Test
    void sessionsWithWeightsOfTheirOwnTakeTurnsOnTheWorkers() throws Exception {
        try (Model model = model()) {
            Map<String, String> alone = answersAlone(model);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Plan plan = i == 0 ? Plan.PLAIN : Plan.of(new Same(i));
                running.add(threads.submit(() -> {
                    for (String prompt : PROMPTS) {
                        try (Session session = model.session(plan)) {
                            assertThat(session.generate(Prompt.raw(prompt), GREEDY)
                                            .text())
                                    .isEqualTo(alone.get(prompt));
                        }
                    }
                    return null;
                }));
            }
            join(running);
        }
    }

    @Test
    void threadsThatCloseTheSameThingsDoNoHarm() throws Exception {
        for (int round = 0; round < 10; round++) {
            Model model = model();
            Session session = model.session();
            Generation generation = session.generate(
                    Prompt.raw("Tom"), GREEDY.withMaxTokens(400).withIgnoreEnd(true));
            Callable<Void> closing = () -> {
                generation.cancel();
                session.close();
                model.close();
                return null;
            };
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(closing));
            }
            join(running);
            assertThat(generation.isDone()).isTrue();
        }
    }
}

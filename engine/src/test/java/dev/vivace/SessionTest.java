package dev.vivace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vivace.sampling.Sampling;
import dev.vivace.seam.Plan;
import dev.vivace.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Sessions of the model inside the jar.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SessionTest {
    private static final GenerateOptions GREEDY =
            GenerateOptions.DEFAULT.withSampling(Sampling.greedy()).withMaxTokens(40);

    private final Model model = Model.builtIn(TestLevels.options().withThreads(2));

    @BeforeAll
    void warm() {
        assertThat(model.spec().architecture()).isEqualTo("llama");
    }

    @AfterAll
    void close() {
        model.close();
    }

    private String greedy(String prompt) {
        try (Session session = model.session()) {
            return session.generate(Prompt.raw(prompt), GREEDY).text();
        }
    }

    @Test
    void piecesJoinToTheText() {
        try (Session session = model.session()) {
            Generation generation = session.generate(Prompt.raw("Tom had a dog"), GREEDY);
            String joined;
            try (Stream<Piece> pieces = generation.stream()) {
                joined = pieces.map(Piece::text).collect(Collectors.joining());
            }
            assertThat(joined).isEqualTo(generation.text()).isEqualTo(greedy("Tom had a dog"));
            assertThatThrownBy(generation::stream).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void publisherGivesTheSameTextAtTheSubscribersPace() {
        try (Session session = model.session()) {
            Generation generation = session.generate(Prompt.raw("Tom had a dog"), GREEDY);
            Collector collector = new Collector();
            generation.publisher().subscribe(collector);
            assertThat(collector.done.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(greedy("Tom had a dog"));
        }
    }

    private static final class Collector implements Flow.Subscriber<Piece> {
        private final CompletableFuture<String> done = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private Flow.Subscription subscription = new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        };

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(Piece piece) {
            text.append(piece.text());
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            done.complete(text.toString());
        }
    }

    @Test
    void sessionsThatRunTogetherAnswerAsAlone() {
        List<String> prompts = List.of("Tom had a dog", "Lily", "The sun was", "One day, a cat and a bird", "Ben");
        List<String> alone = prompts.stream().map(this::greedy).toList();
        List<Session> sessions = new ArrayList<>();
        List<Generation> running = new ArrayList<>();
        for (String prompt : prompts) {
            Session session = model.session();
            sessions.add(session);
            running.add(session.generate(Prompt.raw(prompt), GREEDY));
        }
        assertThat(running.stream().map(Generation::text).toList()).isEqualTo(alone);
        sessions.forEach(Session::close);
    }

    @Test
    void aPromptThatContinuesTheStoredTextIsNotComputedAgain() {
        try (Session session = model.session()) {
            Answer first = session.generate(Prompt.raw("Tom had a dog"), GREEDY).answer();
            assertThat(first.timings().cachedTokens()).isZero();
            int[] more = Stream.concat(session.tokens().stream(), Stream.of(300, 301))
                    .mapToInt(Integer::intValue)
                    .toArray();
            Answer second = session.generate(Prompt.tokens(more), GREEDY).answer();
            assertThat(second.timings().cachedTokens()).isEqualTo(more.length - 2);
            assertThat(second.timings().promptTokens()).isEqualTo(more.length);
        }
    }

    @Test
    void reusedPrefixAnswersAsAFreshSession() {
        try (Session session = model.session()) {
            session.generate(Prompt.raw("Tom had a dog and a cat"), GREEDY).text();
            assertThat(session.generate(Prompt.raw("Tom had a dog"), GREEDY).text())
                    .isEqualTo(greedy("Tom had a dog"));
        }
    }

    @Test
    void forksGoTheirOwnWay() {
        try (Session session = model.session()) {
            session.generate(Prompt.raw("Tom had a dog"), GREEDY.withMaxTokens(1))
                    .text();
            try (Session fork = session.fork()) {
                assertThat(fork.generate(Prompt.raw("Tom had a cat"), GREEDY).text())
                        .isEqualTo(greedy("Tom had a cat"));
            }
            assertThat(session.generate(Prompt.raw("Tom had a dog"), GREEDY).text())
                    .isEqualTo(greedy("Tom had a dog"));
        }
    }

    @Test
    void aForkWithAnotherPlanSharesWhatIsStored() {
        try (Session session = model.session()) {
            session.generate(Prompt.raw("Tom had a dog"), GREEDY.withMaxTokens(1))
                    .text();
            try (Session fork = session.fork(Plan.PLAIN)) {
                Answer answer =
                        fork.generate(Prompt.raw("Tom had a dog"), GREEDY).answer();
                assertThat(answer.text()).isEqualTo(greedy("Tom had a dog"));
                assertThat(answer.timings().cachedTokens())
                        .isEqualTo(answer.timings().promptTokens() - 1);
            }
        }
    }

    @Test
    void stopStringsEndTheAnswerAndAreNotPartOfIt() {
        String whole = greedy("Tom had a dog");
        String stop = whole.substring(10, 14);
        try (Session session = model.session()) {
            Answer answer = session.generate(Prompt.raw("Tom had a dog"), GREEDY.withStop(stop))
                    .answer();
            assertThat(answer.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.stop()).contains(stop);
        }
    }

    @Test
    void cancelKeepsWhatWasMade() {
        try (Session session = model.session()) {
            Generation generation =
                    session.generate(Prompt.raw(""), GREEDY.withMaxTokens(400).withIgnoreEnd(true));
            generation.cancel();
            Answer answer = generation.answer();
            assertThat(answer.finishReason()).isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
            assertThat(session.generate(Prompt.raw("Tom had a dog"), GREEDY).text())
                    .isEqualTo(greedy("Tom had a dog"));
        }
    }

    @Test
    void scoresAreTheLogProbabilitiesOfTheAnswersTokens() {
        try (Session session = model.session()) {
            GenerateOptions options = GREEDY.withSampling(Sampling.greedy().withLogProbs(2));
            Answer answer =
                    session.generate(Prompt.raw("Tom had a dog"), options).answer();
            int[] prompt = model.tokenize(Prompt.raw("Tom had a dog"));
            int[] all = java.util.stream.IntStream.concat(
                            java.util.Arrays.stream(prompt),
                            answer.tokens().stream().mapToInt(Integer::intValue))
                    .toArray();
            double[] scores = session.score(all, prompt.length);
            assertThat(scores).hasSize(answer.tokens().size());
            for (int i = 0; i < scores.length; i++) {
                assertThat(scores[i]).isCloseTo(answer.logProbs().get(i).logProb(), within(2e-2));
                assertThat(answer.logProbs().get(i).top()).hasSize(2);
            }
        }
    }

    @Test
    void tokensPastTheContextAreRefusedOrCutShort() {
        try (Session session = model.session()) {
            int[] tooLong = new int[model.context() + 1];
            java.util.Arrays.fill(tooLong, 300);
            assertThatThrownBy(() -> session.generate(Prompt.tokens(tooLong), GREEDY))
                    .isInstanceOf(CapacityException.class)
                    .hasMessageContaining("513")
                    .hasMessageContaining("512");
            int[] nearly = java.util.Arrays.copyOf(tooLong, model.context() - 3);
            Answer answer = session.generate(Prompt.tokens(nearly), GREEDY.withIgnoreEnd(true))
                    .answer();
            assertThat(answer.tokens()).hasSize(3);
            assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void wrongUseIsNamed() {
        try (Session session = model.session()) {
            assertThatThrownBy(() -> session.generate(Prompt.tokens(512), GREEDY))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining("512");
            assertThatThrownBy(() -> session.generate(Prompt.user("hello"), GREEDY))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("chat template");
            Generation running =
                    session.generate(Prompt.raw(""), GREEDY.withMaxTokens(400).withIgnoreEnd(true));
            assertThatThrownBy(() -> session.generate(Prompt.raw("x"), GREEDY))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining("busy");
            running.cancel();
            running.answer();
        }
    }

    @Test
    void closingTheModelEndsWhatRuns() {
        Model own = Model.builtIn(TestLevels.options().withThreads(1));
        Session session = own.session();
        Generation running =
                session.generate(Prompt.raw(""), GREEDY.withMaxTokens(500).withIgnoreEnd(true));
        own.close();
        own.close();
        session.close();
        try {
            assertThat(running.answer().tokens()).isNotEmpty();
        } catch (CancelledException e) {
            assertThat(e).hasMessageContaining("closed");
        }
        assertThatThrownBy(own::session).isInstanceOf(OptionException.class).hasMessageContaining("closed");
    }

    @Test
    void searchWithoutTechniqueIsOnePlainAnswer() {
        try (Session session = model.session()) {
            assertThat(session.search(Prompt.raw("Tom had a dog"), GREEDY, branches -> new double[branches.size()]))
                    .isEqualTo(greedy("Tom had a dog"));
        }
    }

    @Test
    void aModelThatDoesNotFitIsRefusedBeforeItIsLoaded() {
        assertThatThrownBy(() -> Model.builtIn(TestLevels.options().withMemoryBytes(1 << 20)))
                .isInstanceOf(CapacityException.class)
                .hasMessageContaining("not enough memory");
    }

    @Test
    void aContextThatWasNotAskedForIsLoweredToWhatFits() {
        MemoryPlan plan = model.memory();
        long enough = plan.fixedBytes() + plan.cacheBytesPerToken() * 320;
        try (Model small = Model.builtIn(
                TestLevels.options().withThreads(2).withCacheType(DType.F16).withMemoryBytes(enough))) {
            assertThat(small.context()).isBetween(320, 384);
        }
    }
}

package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vivace.CancelledException;
import dev.vivace.OptionException;
import dev.vivace.sampling.Sampling;
import dev.vivace.sampling.SamplingBuilder;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of requests and errands when something goes wrong.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineLoopTest {
    private static final int TOKENS = 20;

    private final Tiny tiny = Tiny.plain("llama3-gqa");
    private final Runner runner = tiny.runner();
    private final EngineLoop loop = new EngineLoop(tiny.decoder(), new ReentrantLock(true));

    @AfterEach
    void close() {
        loop.close();
        tiny.close();
    }

    /// Gathers tokens; throws when it has `most` of them.
    private static final class Ear implements LiveRequest.Listener {
        private final int most;
        private final List<Integer> tokens = new ArrayList<>();
        private final CompletableFuture<List<Integer>> end = new CompletableFuture<>();

        Ear(int most) {
            this.most = most;
        }

        @Override
        public void prefilled() {}

        @Override
        public boolean token(int token, Results results, int row) {
            if (tokens.size() == most) {
                throw new IllegalStateException("enough");
            }
            tokens.add(token);
            return true;
        }

        @Override
        public void finished(LiveRequest.Ending ending) {
            assertThat(end.complete(List.copyOf(tokens))).isTrue();
        }

        @Override
        public void failed(RuntimeException cause) {
            assertThat(end.completeExceptionally(cause)).isTrue();
        }
    }

    private CompletableFuture<List<Integer>> submit(int seed, int most, Sampling sampling) {
        Sequence sequence = runner.open();
        Ear ear = new Ear(most);
        loop.submit(new LiveRequest(runner, sequence, tiny.tokens(7, seed), 0, sampling.sampler(1), TOKENS, ear));
        return ear.end;
    }

    private List<Integer> greedy(int seed) {
        return submit(seed, TOKENS, Sampling.greedy()).join();
    }

    @Test
    void aRequestThatFailsOnTheWayFailsAlone() {
        List<List<Integer>> alone = List.of(greedy(1), greedy(2), greedy(3));
        for (int most : new int[] {0, 1, 5}) {
            CompletableFuture<List<Integer>> first = submit(1, TOKENS, Sampling.greedy());
            CompletableFuture<List<Integer>> bad = submit(2, most, Sampling.greedy());
            CompletableFuture<List<Integer>> last = submit(3, TOKENS, Sampling.greedy());
            assertThatThrownBy(bad::join).hasMessageContaining("enough");
            assertThat(first.join()).isEqualTo(alone.get(0));
            assertThat(last.join()).isEqualTo(alone.get(2));
        }
    }

    @Test
    void aRequestThatMayChooseNoTokenFailsAlone() {
        SamplingBuilder nothing = Sampling.builder();
        for (int token = 0; token < runner.spec().vocabulary(); token++) {
            nothing.bias(token, Float.NEGATIVE_INFINITY);
        }
        List<Integer> alone = greedy(1);
        CompletableFuture<List<Integer>> bad = submit(2, TOKENS, nothing.build());
        CompletableFuture<List<Integer>> good = submit(1, TOKENS, Sampling.greedy());
        assertThatThrownBy(bad::join).hasCauseInstanceOf(OptionException.class);
        assertThat(good.join()).isEqualTo(alone);
    }

    @Test
    void whatAnErrandThrowsReachesItsCallerAndTheLoopGoesOn() {
        assertThatThrownBy(() -> loop.call(() -> {
                    throw new OptionException("no");
                }))
                .isInstanceOf(OptionException.class);
        assertThat(greedy(1)).hasSize(TOKENS);
    }

    @Test
    void afterTheEndEverybodyIsToldSo() {
        CompletableFuture<List<Integer>> running = submit(1, TOKENS, Sampling.greedy());
        loop.close();
        loop.close();
        assertThat(running).isDone();
        assertThatThrownBy(() -> submit(2, TOKENS, Sampling.greedy()).join())
                .hasCauseInstanceOf(CancelledException.class);
        assertThatThrownBy(() -> loop.call(() -> 1)).isInstanceOf(CancelledException.class);
    }
}

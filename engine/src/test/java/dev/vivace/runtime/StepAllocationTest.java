package dev.vivace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.KernelLevels;
import dev.vivace.kernel.Phase;
import dev.vivace.sampling.Sampler;
import dev.vivace.sampling.Sampling;
import dev.vivace.seam.Batch;
import dev.vivace.seam.Results;
import dev.vivace.seam.Runner;
import dev.vivace.seam.Sequence;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A decoded token allocates nothing, on no thread, once the code is compiled and the cache has its pages.
class StepAllocationTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final int TOKENS = 30;

    /// One object a token would be as much; the JVM's own odd one in a while is less.
    private static final long SMALLEST_OBJECT = 16;

    /// What the engine's loop makes for a step: the [dev.vivace.seam.Scheduling.Load] that it hands out.
    private static final long LOOP_BYTES = 64;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long[] workers() {
        long[] ids = threads.getAllThreadIds();
        return Arrays.stream(ids)
                .filter(id -> {
                    ThreadInfo info = threads.getThreadInfo(id);
                    return info != null && info.getThreadName().startsWith("vivace-worker-");
                })
                .toArray();
    }

    /// Bytes that this thread and all workers have allocated.
    private long allocated(long[] workers) {
        long bytes = threads.getCurrentThreadAllocatedBytes();
        for (long id : workers) {
            bytes += threads.getThreadAllocatedBytes(id);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3-gqa", "gemma3", "llama-odd"})
    void aStepOfDecodingAllocatesNothing(String model) {
        Tiny.Setup setup = Tiny.Setup.plain()
                .kernels(
                        KernelLevels.best(Isa.values()[Isa.values().length - 1]).kernels())
                .threads(2);
        try (Tiny tiny = new Tiny(model, setup);
                Sequence one = tiny.runner().open();
                Sequence other = tiny.runner().open()) {
            Runner runner = tiny.runner();
            Tiny.prompt(runner, one, tiny.tokens(20, 1));
            Tiny.prompt(runner, other, tiny.tokens(11, 2));
            Sampler sampler = Sampling.greedy().sampler(1);
            Batch batch = new Batch();
            long end = System.nanoTime() + PATIENCE_NANOS;
            long[] workers = workers();
            long bytes;
            do {
                decode(runner, batch, sampler, one, other);
                long before = allocated(workers);
                decode(runner, batch, sampler, one, other);
                bytes = allocated(workers) - before;
            } while (bytes >= TOKENS * SMALLEST_OBJECT && System.nanoTime() < end);
            assertThat(bytes).isLessThan(TOKENS * SMALLEST_OBJECT);
        }
    }

    /// Thirty tokens after the first twenty, within one page of 64 slots.
    private static void decode(Runner runner, Batch batch, Sampler sampler, Sequence one, Sequence other) {
        one.truncate(20);
        other.truncate(11);
        sampler.truncate(0);
        int first = 1;
        int second = 2;
        for (int i = 0; i < TOKENS; i++) {
            batch.clear();
            batch.wantLogits(batch.add(one, Phase.DECODE, first));
            batch.wantLogits(batch.add(other, Phase.DECODE, second));
            Results results = runner.run(batch);
            first = sample(results, sampler, 0);
            second = sample(results, sampler, 1);
            sampler.accept(first);
        }
    }

    private static int sample(Results results, Sampler sampler, int row) {
        var logits = results.logits();
        return sampler.sample(logits.data(), logits.offset(results.logitsRow(row)), logits.columns());
    }

    /// Notes what the loop's thread has allocated when it hears the tenth token and the one after `TOKENS` more.
    private static final class Meter implements LiveRequest.Listener {
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final CountDownLatch end = new CountDownLatch(1);
        private int heard;
        private long first;
        private long last;

        @Override
        public void prefilled() {}

        @Override
        public boolean token(int token, Results results, int row) {
            heard++;
            if (heard == 10) {
                first = threads.getCurrentThreadAllocatedBytes();
            } else if (heard == 10 + TOKENS) {
                last = threads.getCurrentThreadAllocatedBytes();
            }
            return true;
        }

        @Override
        public void finished(LiveRequest.Ending ending) {
            end.countDown();
        }

        @Override
        public void failed(RuntimeException cause) {
            end.countDown();
        }
    }

    @Test
    void theLoopAllocatesNextToNothingPerToken() throws InterruptedException {
        try (Tiny tiny = Tiny.plain("llama3-gqa");
                EngineLoop loop = new EngineLoop(tiny.decoder(), new ReentrantLock(true))) {
            Runner runner = tiny.runner();
            int[] prompt = tiny.tokens(7, 1);
            long end = System.nanoTime() + PATIENCE_NANOS;
            long bytes;
            do {
                try (Sequence sequence = runner.open()) {
                    Meter meter = new Meter();
                    Sampler sampler = Sampling.greedy().sampler(1);
                    loop.submit(new LiveRequest(runner, sequence, prompt, 0, sampler, 10 + TOKENS, meter));
                    assertThat(meter.end.await(60, TimeUnit.SECONDS)).isTrue();
                    assertThat(meter.heard).isEqualTo(10 + TOKENS);
                    bytes = meter.last - meter.first;
                }
            } while (bytes > TOKENS * LOOP_BYTES && System.nanoTime() < end);
            assertThat(bytes).isLessThanOrEqualTo(TOKENS * LOOP_BYTES);
        }
    }
}

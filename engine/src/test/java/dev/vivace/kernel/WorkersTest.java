package dev.vivace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.vivace.OptionException;
import dev.vivace.TestData;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void everySliceRunsOncePerRun(int threads) {
        int runs = (threads > 2 ? 2_000 : 20_000) * (TestData.full() ? 20 : 1);
        long[] counts = new long[threads * 16];
        long[] wrong = new long[threads * 16];
        try (Workers workers = Workers.of(threads)) {
            assertThat(workers.threads()).isEqualTo(threads);
            Workers.Job job = (worker, of) -> {
                counts[worker * 16]++;
                wrong[worker * 16] += of == threads ? 0 : 1;
            };
            for (int i = 0; i < runs; i++) {
                workers.run(job);
            }
        }
        for (int t = 0; t < threads; t++) {
            assertThat(counts[t * 16]).isEqualTo(runs);
            assertThat(wrong[t * 16]).isZero();
        }
    }

    @Test
    void whatSlicesWroteIsSeenByTheCallerAndByTheNextRun() {
        int threads = 2;
        int[] values = new int[threads * 32];
        long sum = 0;
        int runs = 20_000;
        try (Workers workers = Workers.of(threads)) {
            Workers.Job job = (worker, of) -> values[worker * 32] = values[(worker + 1) % of * 32 + 1] + 1;
            for (int i = 0; i < runs; i++) {
                workers.run(job);
                assertThat(values[0] == i + 1 && values[32] == i + 1).isTrue();
                values[1] = values[0];
                values[33] = values[32];
                sum += values[32];
            }
        }
        assertThat(sum).isEqualTo((long) runs * (runs + 1) / 2);
    }

    @Test
    void runsAgainAfterLongPauses() {
        AtomicInteger slices = new AtomicInteger();
        try (Workers workers = Workers.of(3)) {
            for (int i = 0; i < 50; i++) {
                workers.run((worker, of) -> {
                    slices.incrementAndGet();
                    if (worker == 1) {
                        LockSupport.parkNanos(2_000_000);
                    }
                });
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(slices).hasValue(150);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatASliceThrowsIsThrownByRunAfterAllHaveStopped(int thrower) {
        AtomicInteger ended = new AtomicInteger();
        try (Workers workers = Workers.of(3)) {
            for (int i = 0; i < 200; i++) {
                ended.set(0);
                IllegalArgumentException mine = new IllegalArgumentException("slice " + thrower);
                assertThatThrownBy(() -> workers.run((worker, of) -> {
                            if (worker == thrower) {
                                throw mine;
                            }
                            Thread.yield();
                            ended.incrementAndGet();
                        }))
                        .isSameAs(mine);
                assertThat(ended).hasValue(2);
            }
            ended.set(0);
            workers.run((worker, of) -> ended.incrementAndGet());
            assertThat(ended).hasValue(3);
        }
    }

    /// A worker that keeps a run waiting is left out of the next ones, whose slices all run all the same, and comes
    /// back.
    @Test
    void everySliceRunsOnceWhileAWorkerIsLeftOut() {
        try (Workers workers = Workers.of(3)) {
            Thread caller = Thread.currentThread();
            AtomicInteger elsewhere = new AtomicInteger();
            int[] counts = new int[3 * 32];
            for (int late = 0; late < 2; late++) {
                workers.run((worker, of) -> {
                    if (Thread.currentThread() == caller) {
                        LockSupport.parkNanos(worker == 0 ? 200_000 : 0);
                    } else {
                        LockSupport.parkNanos(20_000_000);
                    }
                });
            }
            long end = System.nanoTime() + 2_000_000_000L;
            int runs = 0;
            while (System.nanoTime() < end && (runs < 1000 || elsewhere.get() == 0)) {
                workers.run((worker, of) -> {
                    counts[worker * 32]++;
                    if (worker > 0 && Thread.currentThread() != caller) {
                        elsewhere.incrementAndGet();
                    }
                    Thread.onSpinWait();
                });
                runs++;
            }
            for (int worker = 0; worker < 3; worker++) {
                assertThat(counts[worker * 32]).isEqualTo(runs);
            }
            assertThat(elsewhere).hasPositiveValue();
        }
    }

    @Test
    void furtherThrowablesAreSuppressedErrorsIncluded() {
        try (Workers workers = Workers.of(4)) {
            Throwable thrown = catchThrowable(() -> workers.run((worker, of) -> {
                throw new StackOverflowError("slice " + worker);
            }));
            assertThat(thrown).isInstanceOf(StackOverflowError.class);
            assertThat(thrown.getSuppressed()).hasSize(3).allMatch(t -> t instanceof StackOverflowError);
        }
    }

    @Test
    void nestedRunsAreRefusedAndThePoolStaysUsable() {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger refused = new AtomicInteger();
            workers.run((worker, of) -> {
                Throwable thrown = catchThrowable(() -> workers.run((w, o) -> {}));
                if (thrown instanceof IllegalStateException
                        && String.valueOf(thrown.getMessage()).contains("nested")) {
                    refused.incrementAndGet();
                }
            });
            assertThat(refused).hasValue(2);
            workers.run((worker, of) -> {});
        }
    }

    @Test
    void callersMayChangeFromRunToRun() throws InterruptedException {
        AtomicLong slices = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Workers workers = Workers.of(2)) {
            for (int c = 0; c < 20; c++) {
                Thread.Builder builder = c % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                Thread caller = builder.start(() -> {
                    for (int i = 0; i < 1000; i++) {
                        workers.run((worker, of) -> slices.incrementAndGet());
                    }
                });
                caller.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
                caller.join();
            }
        }
        assertThat(failure.get()).isNull();
        assertThat(slices).hasValue(40_000);
    }

    @Test
    void concurrentRunsAreRefusedNotMixed() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (Workers workers = Workers.of(2)) {
            Thread first = Thread.ofPlatform()
                    .start(() -> workers.run((worker, of) -> {
                        inside.countDown();
                        await(leave);
                    }));
            inside.await();
            assertThatThrownBy(() -> workers.run((worker, of) -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already run a job");
            leave.countDown();
            first.join();
            workers.run((worker, of) -> {});
        }
    }

    @Test
    void anInterruptedCallerGetsItsResultAndKeepsItsFlag() {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger slices = new AtomicInteger();
            Thread.currentThread().interrupt();
            workers.run((worker, of) -> {
                if (worker == 1) {
                    LockSupport.parkNanos(5_000_000);
                }
                slices.incrementAndGet();
            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(slices).hasValue(2);
        }
    }

    @Test
    void closeEndsTheThreadsAndIsIdempotent() {
        int before = poolThreads();
        Workers workers = Workers.of(3);
        workers.run((worker, of) -> {});
        assertThat(poolThreads()).isEqualTo(before + 2);
        workers.close();
        workers.close();
        assertThat(poolThreads()).isEqualTo(before);
        assertThatThrownBy(() -> workers.run((worker, of) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        for (int i = 0; i < 300; i++) {
            Workers.of(2).close();
        }
        assertThat(poolThreads()).isEqualTo(before);
    }

    @Test
    void closeInsideAJobTakesEffectWhenTheJobEnds() throws InterruptedException {
        Workers workers = Workers.of(2);
        AtomicInteger slices = new AtomicInteger();
        workers.run((worker, of) -> {
            workers.close();
            slices.incrementAndGet();
        });
        assertThat(slices).hasValue(2);
        workers.close();
        assertThatThrownBy(() -> workers.run((worker, of) -> {})).hasMessageContaining("closed");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1 << 20})
    void sillyThreadCountsAreRefused(int threads) {
        assertThatThrownBy(() -> Workers.of(threads))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("threads=" + threads);
    }

    @Test
    void aRunAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Workers workers = Workers.of(2)) {
            long[] sink = new long[64];
            Workers.Job job = (worker, of) -> sink[worker * 32]++;
            for (int i = 0; i < 20_000; i++) {
                workers.run(job);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                workers.run(job);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
        }
    }

    private static int poolThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith("vivace-worker-"))
                .count();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
